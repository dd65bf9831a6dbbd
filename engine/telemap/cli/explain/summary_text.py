"""Describe what a mapping does with all events of a recording, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.count_text import count_text
from telemap.tracing.event_sentences import source_name
from telemap.tracing.outcomes import Stage
from telemap.tracing.reasons import item_stops, source_stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.tracing.summary import EndingTotal, SourceSum, Summary


def summary_lines(summary: Summary, *, everything: bool) -> Iterator[str]:
    """Describe what happened to all events.

    Args:
        summary: the sums.
        everything: whether to list sources that read none of the events.
    """
    losses = [f"{count:,} dropped by rule {number} of 'drop'" for number, count in sorted(summary.dropped.items())]
    losses += [f"{summary.malformed:,} not telemetry events"] if summary.malformed else []
    losses += [f"{summary.unread:,} read by none of these rules"] if summary.unread else []
    yield f"all {summary.events:,} events" + (f": {', '.join(losses)}" if losses else "")
    for total in summary.sources:
        if total.read or everything:
            yield f"  {source_name(total.isolated)}"
            yield from (f"    {line}" for line in _source_lines(total))
    idle = sum(not total.read for total in summary.sources)
    if idle and not everything:
        yield f"  {count_text(idle, 'rule')} {'reads' if idle == 1 else 'read'} none of these events"


def _source_lines(total: SourceSum) -> Iterator[str]:
    if not total.read:
        yield "reads none of these events"
        return
    yield f"{count_text(total.made, 'sample')} from {count_text(total.read, 'event')}"
    for (stage, reason, _), ended in sorted(total.ended.items(), key=lambda entry: -entry[1].count):
        first, *others = _ending_lines(stage, reason, ended)
        yield f"{ended.count:,} like event {ended.first}: {first}"
        yield from (f"  {line}" for line in others)


def _ending_lines(stage: Stage, reason: str, ended: EndingTotal) -> Iterator[str]:
    """Describe how a source ended, by the first event for which it did."""
    if stage is Stage.LIMIT:
        yield f"dropped, because {reason} is reached"
    elif ended.item is not None:
        yield from map(str, item_stops(ended.item, ended.trace))
    elif stage in {Stage.PARSE, Stage.EACH, Stage.REGEX}:
        yield source_stop(ended.trace)
    else:
        yield f"stopped at {stage.value}" + (f", {reason}" if reason else "")
