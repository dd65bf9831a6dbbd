"""Count how the sources of a mapping end with the events of a whole recording.

All sources are compiled into one plan, in which they share paths and parses: it takes about as long as applying the
mapping. An event is traced, which takes far longer, only if it ends a source in a new way.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from telemap.compiler import compile as compile_mapping
from telemap.model import AllOf, Condition, Not
from telemap.patterns import matches_any
from telemap.runtime.regexes import PATIENT_BATCH_SECONDS
from telemap.store import Store
from telemap.tracing.instrument import Instrument, instrumented, noting_skips
from telemap.tracing.outcomes import Stage
from telemap.tracing.probes import bare_source, probe_family
from telemap.tracing.summary import SourceSum, Summary
from telemap.tracing.to_yaml import condition_text
from telemap.tracing.tracer import event_type_of, stage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from telemap import model
    from telemap.plan import Handler
    from telemap.store.cells import Cell
    from telemap.store.series import FamilySeries
    from telemap.tracing.instrument import Sample
    from telemap.tracing.isolate import IsolatedSource
    from telemap.tracing.summary import Ending
    from telemap.tracing.tracer import Tracer

_MAX_SHAPES: Final = 10_000
"""Different outcomes of an event that are kept."""

_TAKEN: Final = ""

_Outcome = tuple[int, str]
"""The number of a family, and why it skipped a sample, or `_TAKEN`."""


class Tally:
    """Count how each source ends with each event, as if each event were the first of its process.

    Args:
        mapping: the mapping.
        tracer: traces its events, and names the sources to count.
        env: the variables for `${env:NAME}`; by default, those of the process.
    """

    def __init__(self, mapping: model.Mapping, tracer: Tracer, *, env: Mapping[str, str] | None = None) -> None:
        self._tracer = tracer
        self._sums = [SourceSum(isolated) for isolated in tracer.sources]
        self.summary = Summary(self._sums)
        initial = sum(len(family.init) for family in mapping.families)
        self._sources, families = _sources(mapping, tracer.sources, initial)
        self._recorder = _Recorder()
        self._plan = instrumented(compile_mapping(replace(mapping, families=families)), self._recorder)
        self._env = env
        self._store = self._new_store()
        self._drops = [rule.patterns for rule in mapping.drop]
        self._routes: dict[str, _Route] = {}

    def add(self, events: Iterable[tuple[int, Any]]) -> None:
        """Add a batch of events, whose regexes share one time limit.

        Args:
            events: events with their numbers in the recording, from 1.
        """
        self._store.regex_budget.begin()
        try:
            for number, event in events:
                self._add(number, event)
        finally:
            self._store.regex_budget.end()

    def _add(self, number: int, event: Any) -> None:
        self.summary.events += 1
        event_type = event_type_of(event)
        if event_type is None:
            self.summary.malformed += 1
            return
        route = self._routes.get(event_type) or self._route(event_type)
        self._recorder.outcomes.clear()
        if self._is_dropped(event, route):
            return
        for handle in route.handlers:
            handle(event)
        if not route.sources:
            self.summary.unread += 1
        is_cut = self._store.regex_budget.is_spent
        if is_cut:
            self._renew()
        for source, made, endings in self._endings(route):
            if endings is None or is_cut or not self._sums[source].count(made, endings):
                trace = self._tracer.trace_source(source, event)
                self._sums[source].add(number, trace, None if is_cut else endings)

    def _renew(self) -> None:
        """Begin with a new store: in the old one, this batch has no time left, and a rule may be off for good."""
        self._store.regex_budget.end()
        self._store = self._new_store()
        self._store.regex_budget.begin()
        self._routes.clear()

    def _new_store(self) -> Store:
        return Store(self._plan, env=self._env, regex_seconds=PATIENT_BATCH_SECONDS)

    def _is_dropped(self, event: Any, route: _Route) -> bool:
        for number, handle in route.drops:
            if handle(event):
                self.summary.dropped[number] = self.summary.dropped.get(number, 0) + 1
                return True
        return False

    def _endings(self, route: _Route) -> list[tuple[int, int, dict[Ending, int] | None]]:
        """Return what each source made of the last event, as `_Route.shapes` has it."""
        shape = tuple(self._recorder.outcomes)
        known = route.shapes.get(shape)
        if known is None:
            known = [(source, *self._sources[source].endings(shape)) for source in route.sources]
            if len(route.shapes) < _MAX_SHAPES:
                route.shapes[shape] = known
        return known

    def _route(self, event_type: str) -> _Route:
        """Find the rules of an event type; few types are kept, because telemetry could invent endless ones."""
        drops = [number for number, patterns in enumerate(self._drops, 1) if matches_any(patterns, event_type)]
        handlers = self._store.handlers(event_type)
        route = _Route(
            list(zip(drops, handlers, strict=False)),
            handlers[len(drops) :],
            [number for number, one in enumerate(self._sources) if matches_any(one.patterns, event_type)],
            {},
        )
        if len(self._routes) < _MAX_SHAPES:
            self._routes[event_type] = route
        return route


@dataclass(frozen=True, slots=True)
class _Route:
    """What reads events of a type.

    Attributes:
        drops: the rules of `drop`, with their numbers.
        handlers: those of the sources.
        sources: their numbers.
        shapes: for each outcome of all families: for each source, the number of its samples, and its endings.
    """

    drops: list[tuple[int, Handler]]
    handlers: Sequence[Handler]
    sources: list[int]
    shapes: dict[tuple[_Outcome, ...], list[tuple[int, int, dict[Ending, int] | None]]]


@dataclass(frozen=True, slots=True)
class _Source:
    """A source, and the numbers of its families in the plan.

    Attributes:
        family: of the source itself.
        items: of the probe that counts the items of `each`; None if no `when` can stop them.
        tests: of the probes that find which tests of `when` do not hold, with their texts; empty if there is one test.
        texts: of all tests.
        room: number of samples that no series limit can stop.
    """

    isolated: IsolatedSource
    family: int
    items: int | None
    tests: dict[int, str]
    texts: tuple[str, ...]
    room: int

    @property
    def patterns(self) -> tuple[str, ...]:
        return self.isolated.source.patterns

    def endings(self, shape: tuple[_Outcome, ...]) -> tuple[int, dict[Ending, int] | None]:
        """Return the number of samples, and the endings, or None if the outcomes do not tell them apart."""
        reasons = [reason for family, reason in shape if family == self.family]
        made = reasons.count(_TAKEN)
        stops = Counter(reasons)
        del stops[_TAKEN]
        undecided = stops.pop("test", 0)
        endings: dict[Ending, int] = {
            (*stage_of(reason, self.isolated.family), ()): count for reason, count in stops.items()
        }
        failed, has_no_items = (0, False) if "parse" in stops else self._without_outcome(shape, len(reasons))
        if has_no_items:
            endings[Stage.EACH, "", ()] = 1
        if failed or undecided:
            tests = self._failing(shape, failed + undecided)
            if tests is None or (failed and undecided):
                return made, None
            endings[Stage.WHEN, "test" if undecided else "", tests] = failed + undecided
        return made, endings if made <= self.room else None

    def _without_outcome(self, shape: tuple[_Outcome, ...], outcomes: int) -> tuple[int, bool]:
        """Return how many items `when` stopped, and whether `each` found no items."""
        if not self.isolated.source.each:
            return int(not outcomes), False
        if self.items is None:
            return 0, not outcomes
        items = sum(family == self.items for family, _ in shape)
        return items - outcomes, not items

    def _failing(self, shape: tuple[_Outcome, ...], count: int) -> tuple[str, ...] | None:
        """Return the tests that do not hold, if they are the same for all of the samples that `when` stopped."""
        if not self.tests:
            return self.texts
        times = [(text, sum(family == number for family, _ in shape)) for number, text in self.tests.items()]
        if any(found not in {0, count} for _, found in times):
            return None
        return tuple(text for text, found in times if found)


def _sources(
    mapping: model.Mapping, sources: Sequence[IsolatedSource], initial: int
) -> tuple[list[_Source], tuple[model.Family, ...]]:
    """Return the sources, and the families of the plan that counts them.

    Args:
        mapping: the mapping.
        sources: those to count.
        initial: number of series of all families that exist from the start.
    """
    families: list[model.Family] = []

    def add(family: model.Family) -> int:
        families.append(family)
        return len(families) - 1

    found: list[_Source] = []
    for isolated in sources:
        family, source = isolated.family, isolated.source
        name = f"source{len(found)}"
        own = add(replace(family, name=name, expire=None, init=(), sources=(source,)))
        bare = bare_source(source)
        tests = _tests(source.when)
        items = add(probe_family(family, f"{name}_items", bare)) if source.each and tests else None
        numbered: dict[int, str] = {}
        if len(tests) > 1:
            for test in tests:
                fails = add(probe_family(family, f"{name}_test{len(numbered)}", replace(bare, when=Not(test))))
                numbered[fails] = condition_text(test)
        room = min(family.series_limit - len(family.init), mapping.series_limit_total - initial)
        found.append(_Source(isolated, own, items, numbered, tuple(map(condition_text, tests)), room))
    return found, tuple(families)


def _tests(when: Condition | None) -> tuple[Condition, ...]:
    """Return the tests that `explain` tells apart."""
    if when is None:
        return ()
    return when.conditions if isinstance(when, AllOf) else (when,)


class _Recorder(Instrument):
    """Notes the outcome of each sample, and keeps none.

    Attributes:
        outcomes: in the order of the generated code.
    """

    def __init__(self) -> None:
        self.outcomes: list[_Outcome] = []

    def take(self, sample: Sample, _find: Callable[[], Cell], /) -> Cell:
        """Note a sample, and return a cell that nobody keeps."""
        self.outcomes.append((sample.number, _TAKEN))
        return sample.family.new_cell()

    def skip(self, number: int, family: FamilySeries, skip: Callable[..., None], /) -> Callable[..., None]:
        """Note why a sample was skipped."""
        return noting_skips(number, family, skip, self.outcomes)
