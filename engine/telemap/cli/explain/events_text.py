"""Describe what a mapping does with events, for people."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, assert_never

from telemap.cli.explain.reasons import item_stops, source_stop, test_texts
from telemap.cli.explain.shown import brief_rule, brief_value
from telemap.cli.output import count_text
from telemap.exposition import escape_label
from telemap.float_text import float_text
from telemap.model import MetricType
from telemap.store.counts import UNDECIDED
from telemap.tracing.outcomes import Stage
from telemap.tracing.to_yaml import drop_text, number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.tracing.isolate import IsolatedSource
    from telemap.tracing.outcomes import DropTrace, EventTrace, ItemTrace, SourceTrace


def event_lines(number: int, event: Any, trace: EventTrace, *, everything: bool) -> Iterator[str]:
    """Describe what happened to an event.

    Args:
        number: its number in the recording, from 1.
        event: the event.
        trace: what happened to it.
        everything: whether to list sources that do not read its type.
    """
    if trace.event_type is None:
        yield f"event {number}: not a telemetry event (an object whose 'type' is a string): {brief_value(event)}"
        return
    time = event.get("time")
    when = f", {time[:40]}" if isinstance(time, str) else ""
    yield f"event {number}: {trace.event_type[:80]}{when}"
    for drop in trace.drops:
        if drop.drops or drop.undecided or everything:
            yield from (f"  {line}" for line in _drop_lines(drop))
    others = [one for one in trace.sources if one.stage is Stage.FROM]
    for one in trace.sources:
        if everything or one.stage is not Stage.FROM:
            yield f"  {source_name(one.isolated)}"
            yield from (f"    {line}" for line in source_lines(one))
    if others and not everything:
        metrics = count_text(len({one.isolated.family.name for one in others}), "metric")
        verb = "reads" if len(others) == 1 else "read"
        yield f"  {count_text(len(others), 'rule')} of {metrics} {verb} other event types"
    elif not trace.sources and trace.dropped is None:
        yield "  no rule reads it"


def source_name(isolated: IsolatedSource) -> str:
    """Return the name of a source: its metric, its number if there are several, and its location."""
    number = f", rule {isolated.number} of {len(isolated.family.sources)}" if len(isolated.family.sources) > 1 else ""
    return f"{isolated.family.name}{number}, {isolated.source.place}"


def source_lines(trace: SourceTrace) -> Iterator[str]:
    """Describe what a source did with an event."""
    for item in trace.items:
        name = "".join(f"[{brief_value(one)}]" for one in item.names)
        for line in _item_lines(item, trace):
            yield f"{name} {line}" if name else line
    if trace.stage is not Stage.MADE:
        yield source_stop(trace)
    listed = len(trace.items)
    total = sum(trace.counts.values())
    if trace.stage is Stage.MADE and total > listed:
        yield f"and {total - listed} more items; all {total}: {_counts_text(trace)}"


def _drop_lines(drop: DropTrace) -> Iterator[str]:
    rule = f"rule {drop.number} of 'drop', {brief_rule(drop_text(drop.rule))}"
    if drop.drops:
        yield f"dropped by {rule}"
    elif drop.undecided:
        yield f"not dropped by {rule}: {UNDECIDED[drop.undecided]}"
    else:
        yield f"not dropped by {rule}:"
    if drop.test is not None:
        yield from (f"  {line}" for line in test_texts(drop.test))


def _item_lines(item: ItemTrace, trace: SourceTrace) -> Iterator[str]:
    if item.stage not in {Stage.MADE, Stage.LIMIT}:
        yield from item_stops(item, trace)
        return
    sample = f"{_series_text(item, trace)} {_effect(item, trace)}"
    if item.stage is Stage.LIMIT:
        yield f"dropped, because {item.reason} is reached: {sample}"
    elif item.reason:
        yield f"made {sample}, in the __overflow__ series, because {item.reason} is reached"
    else:
        yield f"made {sample}"


def _series_text(item: ItemTrace, trace: SourceTrace) -> str:
    pairs = ",".join(f'{name}="{escape_label(text)}"' for name, text in item.labels)
    return f"{trace.isolated.family.name}{{{pairs}}}" if pairs else trace.isolated.family.name


def _effect(item: ItemTrace, trace: SourceTrace) -> str:
    """Describe what a sample does to its series."""
    family, amount = trace.isolated.family, number_text(item.amount)
    match family.type:
        case MetricType.COUNTER:
            return f"goes up by {amount}"
        case MetricType.SUMMARY:
            return f"observes {amount}"
        case MetricType.HISTOGRAM:
            bounds = (*map(float_text, family.buckets), "+Inf")
            return f'observes {amount}, in bucket le="{bounds[bisect_left(family.buckets, item.amount)]}"'
        case MetricType.GAUGE:
            return f"{trace.isolated.source.operation.row.effect} {amount}"
        case _:
            assert_never(family.type)


def _counts_text(trace: SourceTrace) -> str:
    texts = []
    for (stage, reason), count in trace.counts.items():
        words = "made" if stage is Stage.MADE else f"stopped at {stage.value}"
        texts.append(f"{count} {words}" + (f" ({reason})" if reason else ""))
    return ", ".join(texts)
