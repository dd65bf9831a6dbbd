"""Note for every event of a recording which sources made which series of it, and where the others stopped.

As in `telemap.tracing.tally`, each source is a family of one instrumented plan, so that all of them share paths and
parses. Their samples go to the series of a real store, with its limits, so that they are the series of the mapping.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from telemap.compiler import compile as compile_mapping
from telemap.label_text import OVERFLOW
from telemap.patterns import matches_any
from telemap.store import Store
from telemap.store.series import SKIP_REASONS
from telemap.tracing.instrument import Instrument, instrumented
from telemap.tracing.isolate import isolate_sources
from telemap.tracing.outcomes import Stage
from telemap.tracing.probes import bare_source, probe_family
from telemap.tracing.tracer import event_type_of, stage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from telemap import model
    from telemap.plan import Handler, Plan
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries
    from telemap.tracing.instrument import Sample
    from telemap.tracing.isolate import IsolatedSource

_MAX_SHAPES: Final = 10_000
"""Different outcomes of an event that are kept."""

_MAX_PAIRS: Final = 2_000_000
"""Most pairs of an event and a series that are kept; these take 16 MB."""

_TAKEN: Final = ""
_LOST: Final = "lost"
_STAGES: Final = list(Stage)

_Outcome = tuple[int, str]
"""The number of a family in the plan, and why it skipped a sample, or `_TAKEN`, or `_LOST` beyond a limit."""


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


class SeriesName(NamedTuple):
    """A series, by the number of its family in the mapping, and its key."""

    family: int
    key: Key


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
        self._counted, families = _families(self.sources)
        real = Store(plan, env=env, instance=instance, now=_standing_still)
        self._recorder = _Recorder([real.families[number] for number in self._places], self._places)
        self._plan = instrumented(
            _sharing(compile_mapping(replace(mapping, families=families)), self._places), self._recorder
        )
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

    def first_of_families(self) -> Sequence[int]:
        """Return the first event of each family that events made, as ascending numbers from 0."""
        first: dict[int, int] = {}
        for event, one in zip(self._pair_events, self._pair_series, strict=True):
            first.setdefault(self.series[one].family, event)
        return sorted(set(first.values()))

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
    shapes: dict[tuple[_Outcome, ...], int]


@dataclass(frozen=True, slots=True)
class _Counted:
    """A source, whose number is that of its family in the plan.

    Attributes:
        items: the family that counts its items; None if that says nothing.
    """

    isolated: IsolatedSource
    items: int | None

    def stage(self, outcomes: Mapping[int, Sequence[str]], number: int) -> Stage:
        """Return where it stopped, if it made no sample: of several items, the one that came farthest."""
        source = self.isolated.source
        reasons = outcomes.get(number, ())
        stages = {Stage.LIMIT if one == _LOST else stage_of(one, self.isolated.family)[0] for one in reasons}
        if stages:
            return max(stages, key=_STAGES.index)
        has_items = source.when is not None and (self.items is None or self.items in outcomes)
        return Stage.WHEN if has_items else Stage.EACH


def _new_mark(route: _Route, shape: tuple[_Outcome, ...], counted: Sequence[_Counted]) -> Mark:
    if not route.sources:
        return Mark(State.UNREAD)
    outcomes: dict[int, list[str]] = {}
    for number, reason in shape:
        outcomes.setdefault(number, []).append(reason)
    made = [(number, outcomes.get(number, []).count(_TAKEN)) for number in route.sources]
    stops = [(number, counted[number].stage(outcomes, number)) for number, samples in made if not samples]
    state = State.STOPPED if len(stops) == len(made) else State.MADE
    return Mark(state, tuple(made), tuple(stops))


def _families(sources: Sequence[IsolatedSource]) -> tuple[list[_Counted], tuple[model.Family, ...]]:
    """Return the sources, and the families of the plan: one for each source, then one for items of some."""
    families = [
        replace(one.family, name=f"source{number}", init=(), sources=(one.source,))
        for number, one in enumerate(sources)
    ]
    counted = []
    for number, one in enumerate(sources):
        items = None
        if one.source.each and one.source.when is not None:
            items = len(families)
            families.append(probe_family(one.family, f"items{number}", bare_source(one.source)))
        counted.append(_Counted(one, items))
    return counted, tuple(families)


def _sharing(plan: Plan, places: Sequence[int]) -> Plan:
    """Let the sources of a family of the mapping share the values of `max_values`, as in the mapping's own plan."""
    labels = tuple(
        replace(label, family=places[label.family]) if label.family < len(places) else label
        for label in plan.needs.labels
    )
    return replace(plan, needs=replace(plan.needs, labels=labels))


class _Recorder(Instrument):
    """Notes the outcome of each sample, and gives it to the real family of its source.

    Args:
        families: the real family of each source.
        places: its number in the mapping.

    Attributes:
        outcomes: those of the last event, in the order of the generated code.
        found: the series that it made.
        series: all series so far, by number.
        makers: the sources that made them.
    """

    def __init__(self, families: Sequence[FamilySeries], places: Sequence[int]) -> None:
        self.outcomes: list[_Outcome] = []
        self.found: set[int] = set()
        self.series: list[SeriesName] = []
        self.makers: list[set[int]] = []
        self._families = families
        self._places = places
        self._numbers: dict[int, int] = {}

    def family(self, number: int, family: FamilySeries, /) -> FamilySeries:
        """Return the family that keeps the cells of a source."""
        return self._families[number] if number < len(self._families) else family

    def take(self, sample: Sample, find: Callable[[], Cell], /) -> Cell:
        """Note a sample and its series, unless it was dropped because of a limit."""
        source = sample.number
        if source >= len(self._families):
            self.outcomes.append((source, _TAKEN))
            return sample.family.new_cell()
        cell = find()
        number = self._numbers.get(id(cell))
        if number is None:
            key = _key_of(cell, sample)
            if key is None:
                self.outcomes.append((source, _LOST))
                return cell
            number = self._numbers[id(cell)] = len(self.series)
            self.series.append(SeriesName(self._places[source], key))
            self.makers.append(set())
        self.outcomes.append((source, _TAKEN))
        self.found.add(number)
        self.makers[number].add(source)
        return cell

    def skip(self, number: int, family: FamilySeries, skip: Callable[..., None], /) -> Callable[..., None]:
        """Note why a sample was skipped."""
        skipped, outcomes = family.skipped, self.outcomes

        def skip_and_note(*found: Any) -> None:
            skip(*found)
            for reason in SKIP_REASONS:
                if skipped[reason]:
                    skipped[reason] = 0
                    outcomes.append((number, reason))

        return skip_and_note


def _key_of(cell: Cell, sample: Sample) -> Key | None:
    """Return the key of the series that a sample went to; None if it went to none."""
    cells, key = sample.family.cells, sample.key
    if cells.get(key) is cell:
        return key
    folded = tuple(OVERFLOW if position in sample.open_positions else text for position, text in enumerate(key))
    return folded if cells.get(folded) is cell else None
