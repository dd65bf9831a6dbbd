"""What a mapping does with events, as JSON (documented in docs/reference/commands.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.tracing.brief import brief_value
from telemap.tracing.outcomes import Stage
from telemap.tracing.to_yaml import condition_text, drop_text, label_rule_text

if TYPE_CHECKING:
    from telemap.problem.place import Place
    from telemap.tracing.isolate import IsolatedSource
    from telemap.tracing.outcomes import EventTrace, Found, ItemTrace, SourceTrace, TestTrace
    from telemap.tracing.summary import SourceSum, Summary


def place_object(place: Place) -> dict[str, Any]:
    """Return a location as JSON."""
    return {"file": place.file, "line": place.span.line, "column": place.span.column}


def event_object(number: int, trace: EventTrace, *, everything: bool) -> dict[str, Any]:
    """Return what happened to an event; sources that do not read its type are included only with `everything`."""
    drop = trace.dropped
    return {
        "number": number,
        "type": trace.event_type,
        "dropped_by": None if drop is None else {"rule": drop.number, "text": drop_text(drop.rule)},
        "undecided_drops": [{"rule": one.number, "reason": one.undecided} for one in trace.drops if one.undecided],
        "sources": [_source_object(one) for one in trace.sources if everything or one.stage is not Stage.FROM],
    }


def summary_object(summary: Summary) -> dict[str, Any]:
    """Return what happened to all events together."""
    return {
        "events": summary.events,
        "malformed": summary.malformed,
        "unread": summary.unread,
        "dropped": [{"rule": number, "count": count} for number, count in sorted(summary.dropped.items())],
        "sources": [_sum_object(total) for total in summary.sources],
    }


def _identity(isolated: IsolatedSource) -> dict[str, Any]:
    return {"metric": isolated.family.name, "source": isolated.number, "place": place_object(isolated.source.place)}


def _source_object(trace: SourceTrace) -> dict[str, Any]:
    counts = [
        {"stage": stage.value, "reason": reason or None, "count": count}
        for (stage, reason), count in trace.counts.items()
    ]
    return {
        **_identity(trace.isolated),
        "stage": trace.stage.value,
        "reason": trace.reason or None,
        "found": None if trace.found is None else _found_object(trace.found),
        "step": trace.step or None,
        "counts": counts,
        "items": [_item_object(item) for item in trace.items],
    }


def _item_object(item: ItemTrace) -> dict[str, Any]:
    is_sample = item.stage in {Stage.MADE, Stage.LIMIT}
    return {
        "names": list(item.names),
        "stage": item.stage.value,
        "reason": item.reason or None,
        "labels": dict(item.labels) if is_sample else None,
        "value": item.amount if is_sample else None,
        "tests": list(map(_test_object, item.tests)),
        "invalid": [
            {"label": one.name, "text": label_rule_text(one.rule), "found": list(map(_found_object, one.found))}
            for one in item.invalid
        ],
        "values": list(map(_found_object, item.values)),
    }


def _test_object(test: TestTrace) -> dict[str, Any]:
    return {
        "text": condition_text(test.condition),
        "line": test.line,
        "holds": test.holds,
        "found": list(map(_found_object, test.found)),
        "within": list(map(_test_object, test.within)),
    }


def _found_object(found: Found) -> dict[str, Any]:
    nearest = None
    if found.nearest is not None:
        nearest = {"path": found.nearest[0], "found": brief_value(found.nearest[1])}
    return {
        "path": found.path.text,
        "found": None if found.value is None else brief_value(found.value),
        "nearest": nearest,
    }


def _sum_object(total: SourceSum) -> dict[str, Any]:
    ended = [
        {
            "stage": stage.value,
            "reason": reason or None,
            "tests": list(tests),
            "count": one.count,
            "first_event": one.first,
        }
        for (stage, reason, tests), one in total.ended.items()
    ]
    return {**_identity(total.isolated), "events": total.read, "samples": total.made, "ended": ended}
