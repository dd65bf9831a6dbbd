"""Sum up traces of many events, by source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from telemap.tracing.outcomes import Stage
from telemap.tracing.to_yaml import condition_text

if TYPE_CHECKING:
    from telemap.tracing.isolate import IsolatedSource
    from telemap.tracing.outcomes import EventTrace, ItemTrace, SourceTrace

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

    def add(self, number: int, trace: SourceTrace) -> None:
        """Add a trace of an event that the source reads.

        Args:
            number: number of the event.
            trace: what the source did with it.
        """
        self.read += 1
        self.made += trace.made
        left = {key: count for key, count in trace.counts.items() if key[0] is not Stage.MADE}
        for item in trace.items:
            if item.stage is not Stage.MADE:
                left[item.stage, item.reason] -= 1
                tests = tuple(condition_text(test.condition) for test in item.tests)
                self._add_ending((item.stage, item.reason, tests), 1, EndingTotal(number, trace, item))
        if trace.stage is Stage.EACH:
            left[trace.stage, trace.reason] = 1
        for (stage, reason), count in left.items():
            self._add_ending((stage, reason, ()), count, EndingTotal(number, trace, None))

    def _add_ending(self, ending: Ending, count: int, first: EndingTotal) -> None:
        if count:
            known = ending in self.ended or len(self.ended) < _MAX_ENDINGS
            self.ended.setdefault(ending if known else (*ending[:2], ()), first).count += count


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

    def add(self, number: int, trace: EventTrace) -> None:
        """Add the trace of an event.

        Args:
            number: its number in the recording, from 1.
            trace: the trace, which must have the same sources each time.
        """
        self.events += 1
        if trace.event_type is None:
            self.malformed += 1
        elif trace.dropped:
            self.dropped[trace.dropped.number] = self.dropped.get(trace.dropped.number, 0) + 1
        elif all(one.stage is Stage.FROM for one in trace.sources):
            self.unread += 1
        else:
            for total, one in zip(self.sources, trace.sources, strict=True):
                if one.stage is not Stage.FROM:
                    total.add(number, one)
