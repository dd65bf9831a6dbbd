"""Sum up what a mapping did with many events, source by source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from telemap.tracing.outcomes import Stage
from telemap.tracing.to_yaml import condition_text

if TYPE_CHECKING:
    from telemap.tracing.isolate import LoneSource
    from telemap.tracing.outcomes import EventTrace, ItemTrace, SourceTrace

Ending: TypeAlias = tuple[Stage, str, tuple[str, ...]]
"""How a source ended: its stage and reason, and for `when` the texts of the tests that did not hold."""

_MOST_ENDINGS: Final = 50
"""Different endings of one source that are told apart."""


@dataclass(slots=True)
class Ended:
    """Events, or items of them, with which a source ended in one way.

    Attributes:
        count: how many.
        first: the number of the first event.
        trace: what the source did with that one.
        item: the first such item of it, where it is of an item.
    """

    first: int
    trace: SourceTrace
    item: ItemTrace | None
    count: int = 0


@dataclass(slots=True)
class SourceSum:
    """What one source did with all events.

    Attributes:
        read: events of the types that it reads, without those that were dropped.
        made: samples.
        ended: the ways in which there was none.
    """

    lone: LoneSource
    read: int = 0
    made: int = 0
    ended: dict[Ending, Ended] = field(default_factory=dict)

    def add(self, number: int, trace: SourceTrace) -> None:
        """Add what the source did with an event that it reads."""
        self.read += 1
        self.made += trace.made
        left = {key: count for key, count in trace.counts.items() if key[0] is not Stage.MADE}
        for item in trace.items:
            if item.stage is not Stage.MADE:
                left[item.stage, item.reason] -= 1
                tests = tuple(condition_text(test.condition) for test in item.tests)
                self._end((item.stage, item.reason, tests), 1, Ended(number, trace, item))
        if trace.stage is Stage.EACH:
            left[trace.stage, trace.reason] = 1
        for (stage, reason), count in left.items():
            self._end((stage, reason, ()), count, Ended(number, trace, None))

    def _end(self, ending: Ending, count: int, first: Ended) -> None:
        if count:
            known = ending in self.ended or len(self.ended) < _MOST_ENDINGS
            self.ended.setdefault(ending if known else (*ending[:2], ()), first).count += count


@dataclass(slots=True)
class Summary:
    """What a mapping did with many events.

    Attributes:
        sources: in the order of the mapping.
        events: how many there were.
        dropped: by rules of `drop`, by the number of the rule.
        malformed: how many are not telemetry events.
        unread: events that no source reads.
    """

    sources: list[SourceSum]
    events: int = 0
    malformed: int = 0
    unread: int = 0
    dropped: dict[int, int] = field(default_factory=dict)

    def add(self, number: int, trace: EventTrace) -> None:
        """Add what became of an event.

        Args:
            number: which event of its recording, from 1 on.
            trace: what became of it; with the same sources each time.
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
