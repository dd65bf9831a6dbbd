"""Write what a mapping did with all events of a recording, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.cli.explain.events_text import source_name
from telemap.cli.explain.reasons import item_stops, source_stop
from telemap.tracing.outcomes import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.tracing.summary import Ended, SourceSum, Summary


def summary_lines(summary: Summary, *, everything: bool) -> Iterator[str]:
    """Write what became of all events.

    Args:
        summary: the sums.
        everything: whether sources are told one by one that read none of the events.
    """
    losses = [f"{count:,} dropped by rule {number} of 'drop'" for number, count in sorted(summary.dropped.items())]
    losses += [f"{summary.malformed:,} are not telemetry events"] if summary.malformed else []
    losses += [f"{summary.unread:,} of types that no source here reads"] if summary.unread else []
    yield f"all {summary.events:,} events together" + (f": {', '.join(losses)}" if losses else "")
    for total in summary.sources:
        if total.read or everything:
            yield f"  {source_name(total.lone)}"
            yield from (f"    {line}" for line in _source_lines(total))
    idle = sum(not total.read for total in summary.sources)
    if idle and not everything:
        yield f"  {idle} {'source reads' if idle == 1 else 'sources read'} none of these events"


def _source_lines(total: SourceSum) -> Iterator[str]:
    if not total.read:
        yield "reads none of these events"
        return
    samples = "1 sample" if total.made == 1 else f"{total.made:,} samples"
    events = "1 event" if total.read == 1 else f"{total.read:,} events"
    yield f"{samples} from {events}"
    for (stage, reason, _), ended in sorted(total.ended.items(), key=lambda entry: -entry[1].count):
        first, *others = _ending_lines(stage, reason, ended)
        yield f"{ended.count:,} as with event {ended.first}: {first}"
        yield from (f"  {line}" for line in others)


def _ending_lines(stage: Stage, reason: str, ended: Ended) -> Iterator[str]:
    """Report how a source ended, by the first event with which it did so."""
    if stage is Stage.LIMIT:
        yield f"beyond {reason}, dropped"
    elif ended.item is not None:
        yield from item_stops(ended.item, ended.trace)
    elif stage in {Stage.PARSE, Stage.EACH, Stage.REGEX}:
        yield source_stop(ended.trace)
    else:
        yield f"stopped at {stage.value}" + (f", {reason}" if reason else "")
