"""Sum up traces of many events, by source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from telemap.tracing.outcomes import Stage
from telemap.tracing.to_yaml import condition_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap.tracing.isolate import IsolatedSource
    from telemap.tracing.outcomes import ItemTrace, SourceTrace

Ending: TypeAlias = tuple[Stage, str, tuple[str, ...]]
"""How a source ended: stage and reason, and for `when` the texts of the tests that did not hold."""

_MAX_ENDINGS: Final = 50
"""Different endings of one source that are distinguished."""


@dataclass(slots=True)
class EndingTotal:
    """The events or items for which a source ended in the same way.

    Attributes:
        first: number of the first event.
        trace: what the source did with that event.
        item: the first such item of that event; None if the source stopped before its items.
        count: number of events or items.
    """

    first: int
    trace: SourceTrace
    item: ItemTrace | None
    count: int = 0


@dataclass(slots=True)
class SourceSum:
    """What one source did with all events.

    Attributes:
        read: number of events of the types that it reads, except dropped ones.
        made: number of samples.
        ended: the ways in which it ended without a sample.
    """

    isolated: IsolatedSource
    read: int = 0
    made: int = 0
    ended: dict[Ending, EndingTotal] = field(default_factory=dict)

    def count(self, made: int, endings: Mapping[Ending, int]) -> bool:
        """Count an event that the source reads, unless it ended in a new way, and must be traced.

        Args:
            made: number of samples.
            endings: numbers of items (of events, if there is no `each`) that made none.
        """
        kept = {self._kept(ending): number for ending, number in endings.items()}
        if not self.ended.keys() >= kept.keys():
            return False
        self.read += 1
        self.made += made
        for ending, number in endings.items():
            self.ended[self._kept(ending)].count += number
        return True

    def add(self, number: int, trace: SourceTrace, endings: Mapping[Ending, int] | None = None) -> None:
        """Count an event that the source reads, with its trace.

        Args:
            number: number of the event.
            trace: what the source did with it.
            endings: as in `count`; None to take them from the trace, which may not have the tests of all items.
        """
        self.read += 1
        self.made += trace.made
        items = {_ending(item): item for item in reversed(trace.items)}
        for ending, count in (_endings(trace) if endings is None else endings).items():
            first = EndingTotal(number, trace, items.get(ending))
            self.ended.setdefault(self._kept(ending), first).count += count

    def _kept(self, ending: Ending) -> Ending:
        """Return the ending under which an ending is counted: beyond the maximum, tests are not told apart."""
        known = ending in self.ended or len(self.ended) < _MAX_ENDINGS
        return ending if known else (*ending[:2], ())


def _ending(item: ItemTrace) -> Ending:
    return item.stage, item.reason, tuple(condition_text(test.condition) for test in item.tests)


def _endings(trace: SourceTrace) -> dict[Ending, int]:
    """Count the items of a trace that made no sample, by ending."""
    stopped = [item for item in trace.items if item.stage is not Stage.MADE]
    endings: dict[Ending, int] = {}
    left = {key: count for key, count in trace.counts.items() if key[0] is not Stage.MADE}
    for item in stopped:
        left[item.stage, item.reason] -= 1
        endings[_ending(item)] = endings.get(_ending(item), 0) + 1
    if trace.stage is Stage.EACH:
        left[trace.stage, trace.reason] = 1
    for (stage, reason), count in left.items():
        if count:
            endings[stage, reason, ()] = endings.get((stage, reason, ()), 0) + count
    return endings


@dataclass(slots=True)
class Summary:
    """What a mapping did with many events.

    Attributes:
        sources: in the order of the mapping.
        events: number of all events.
        malformed: number of those that are not telemetry events.
        unread: number of events that no source reads.
        dropped: number of dropped events, by the number of the drop rule.
    """

    sources: list[SourceSum]
    events: int = 0
    malformed: int = 0
    unread: int = 0
    dropped: dict[int, int] = field(default_factory=dict)
