"""Note for every event of a recording which sources made which series of it, and where the others stopped.

As in `telemap.tracing.tally`, each source is a family of one instrumented plan, so that all of them share paths and
parses. Their samples go to the series of a real store, with its limits, so that they are the series of the mapping.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from telemap.patterns import matches_any
from telemap.store import Store
from telemap.tracing.instrument import instrumented
from telemap.tracing.isolate import isolate_sources
from telemap.tracing.plan_of_sources import TAKEN, Recorder, plan_of_sources
from telemap.tracing.tracer import event_type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from telemap import model
    from telemap.plan import Handler, Plan
    from telemap.tracing.outcomes import Stage
    from telemap.tracing.plan_of_sources import CountedSource, Outcome, SeriesName

_MAX_SHAPES: Final = 10_000
"""Different outcomes of an event that are kept."""

_MAX_PAIRS: Final = 2_000_000
"""Most pairs of an event and a series that are kept; these take 16 MB."""


class State(Enum):
    """What became of an event."""

    MADE = "made"
    STOPPED = "stopped"
    UNREAD = "unread"
    DROPPED = "dropped"
    MALFORMED = "malformed"


class Mark(NamedTuple):
    """What became of events that are alike.

    Attributes:
        state: MADE if any source made a sample.
        made: for each source that read it, by number, the number of its samples.
        stops: the sources that read it and made no sample, and where they stopped.
    """

    state: State
    made: tuple[tuple[int, int], ...] = ()
    stops: tuple[tuple[int, Stage], ...] = ()


_MALFORMED: Final = 0
_DROPPED: Final = 1


class Marks:
    """What became of each event, in a process that gets them all.

    Args:
        mapping: the mapping.
        plan: the compiled mapping.
        env: the variables for `${env:NAME}`.
        instance: the value of `${runtime:instance}`.
        regex_seconds: CPU time of all regexes in a batch.

    Attributes:
        sources: in the order of the mapping.
    """

    def __init__(
        self, mapping: model.Mapping, plan: Plan, *, env: Mapping[str, str], instance: str, regex_seconds: float
    ) -> None:
        self.sources = isolate_sources(mapping)
        self._marks = [Mark(State.MALFORMED), Mark(State.DROPPED)]
        self._events = array("I")
        self._places = [number for number, family in enumerate(mapping.families) for _ in family.sources]
        self._counted, plan_of_all = plan_of_sources(mapping, self.sources)
        real = Store(plan, env=env, instance=instance, now=_standing_still)
        self._recorder = Recorder([real.families[number] for number in self._places], self._places)
        self._plan = instrumented(plan_of_all, self._recorder)
        self._store = Store(self._plan, env=env, instance=instance, now=_standing_still, regex_seconds=regex_seconds)
        guarded = dict.fromkeys(number for number in self._plan.needs.guarded if number is not None)
        self._guarded = [(number, self._store.families[number].skipped) for number in guarded]
        self._drops = [rule.patterns for rule in mapping.drop]
        self._routes: dict[str, _Route] = {}
        self._pair_events = array("I")
        self._pair_series = array("I")

    @property
    def series(self) -> Sequence[SeriesName]:
        """Return the series that events made, by number."""
        return self._recorder.series

    def add(self, batch: Iterable[Any]) -> None:
        """Add a batch of events, whose regexes share one time limit."""
        self._store.regex_budget.begin()
        try:
            for event in batch:
                self._events.append(self._mark(event))
                self._note_series()
        finally:
            self._store.regex_budget.end()

    def mark(self, number: int) -> Mark:
        """Return what became of an event, given its number from 0."""
        return self._marks[self._events[number]]

    def series_of(self, number: int) -> Sequence[int]:
        """Return the series that an event made, given its number from 0."""
        begin = bisect_left(self._pair_events, number)
        return sorted(self._pair_series[begin : bisect_left(self._pair_events, number + 1, begin)])

    def events_of(self, series: int) -> Sequence[int]:
        """Return the events that made a series, as numbers from 0."""
        return [event for event, one in zip(self._pair_events, self._pair_series, strict=True) if one == series]

    def sources_of(self, series: int) -> Sequence[int]:
        """Return the sources that made a series."""
        return sorted(self._recorder.makers[series])

    def examples(self, most: int) -> Sequence[int]:
        """Return the first event of each family that events made, and of each other outcome, as numbers from 0.

        Args:
            most: most events, ascending; those of families come before others.
        """
        of_families: dict[int, int] = {}
        for event, one in zip(self._pair_events, self._pair_series, strict=True):
            of_families.setdefault(self.series[one].family, event)
        of_marks: dict[int, int] = {}
        for event, mark in enumerate(self._events):
            of_marks.setdefault(mark, event)
        chosen = dict.fromkeys([*sorted(of_families.values()), *of_marks.values()])
        return sorted(list(chosen)[:most])

    def counts(self) -> Sequence[tuple[int, int]]:
        """Return for each source how many events it read, and how many samples it made of them."""
        read, made = Counter[int](), Counter[int]()
        for mark, times in Counter(self._events).items():
            for source, samples in self._marks[mark].made:
                read[source] += times
                made[source] += times * samples
        return [(read[number], made[number]) for number in range(len(self.sources))]

    def _note_series(self) -> None:
        found = self._recorder.found
        if found and len(self._pair_events) < _MAX_PAIRS:
            number = len(self._events) - 1
            self._pair_series.extend(found)
            self._pair_events.extend([number] * len(found))

    def _mark(self, event: Any) -> int:
        outcomes = self._recorder.outcomes
        outcomes.clear()
        self._recorder.found.clear()
        event_type = event_type_of(event)
        if event_type is None:
            return _MALFORMED
        route = self._routes.get(event_type) or self._route(event_type)
        if any(handle(event) for handle in route.drops):
            return _DROPPED
        for handle in route.handlers:
            handle(event)
        for number, skipped in self._guarded:
            if skipped["cut_off"]:
                skipped["cut_off"] = 0
                outcomes.append((number, "cut_off"))
        shape = tuple(outcomes)
        mark = route.shapes.get(shape)
        if mark is None:
            mark = len(self._marks)
            self._marks.append(_new_mark(route, shape, self._counted))
            if len(route.shapes) < _MAX_SHAPES:
                route.shapes[shape] = mark
        return mark

    def _route(self, event_type: str) -> _Route:
        """Find the rules of an event type; few types are kept, because telemetry could invent endless ones."""
        drops = sum(matches_any(patterns, event_type) for patterns in self._drops)
        handlers = self._store.handlers(event_type)
        reading = [
            number for number, one in enumerate(self._counted) if matches_any(one.isolated.source.patterns, event_type)
        ]
        route = _Route(handlers[:drops], handlers[drops:], reading, {})
        if len(self._routes) < _MAX_SHAPES:
            self._routes[event_type] = route
        return route


def _standing_still() -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class _Route:
    """What reads events of a type.

    Attributes:
        drops: handlers of drop rules.
        handlers: those of the sources.
        sources: their numbers.
        shapes: the number of the mark for each outcome of all families.
    """

    drops: Sequence[Handler]
    handlers: Sequence[Handler]
    sources: Sequence[int]
    shapes: dict[tuple[Outcome, ...], int]


def _new_mark(route: _Route, shape: tuple[Outcome, ...], counted: Sequence[CountedSource]) -> Mark:
    if not route.sources:
        return Mark(State.UNREAD)
    outcomes: dict[int, list[str]] = {}
    for number, reason in shape:
        outcomes.setdefault(number, []).append(reason)
    made = [(number, outcomes.get(number, []).count(TAKEN)) for number in route.sources]
    stops = [(number, counted[number].stage(outcomes, number)) for number, samples in made if not samples]
    state = State.STOPPED if len(stops) == len(made) else State.MADE
    return Mark(state, tuple(made), tuple(stops))
