"""Trace events through a mapping: which stage each source reached, and what it made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, assert_never

from telemap.apply import apply
from telemap.compiler import compile as compile_mapping
from telemap.label_text import INSTANCE as INSTANCE_MARK
from telemap.model import GaugeOperation, MetricType
from telemap.patterns import matches_any
from telemap.runtime.regexes import PATIENT_BATCH_SECONDS
from telemap.store import Store
from telemap.tracing.isolate import isolate_sources
from telemap.tracing.locations import TestLines
from telemap.tracing.outcomes import DropTrace, EventTrace, ItemTrace, SourceTrace, Stage
from telemap.tracing.probe_results import ProbeResults
from telemap.tracing.probes import make_probes, observable_each, source_of_drop
from telemap.tracing.watch import INSTANCE, PlanObserver, Taken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap import model
    from telemap.plan import Plan
    from telemap.store.cells import Cell
    from telemap.tracing.event_budget import EventBudget
    from telemap.tracing.isolate import IsolatedSource
    from telemap.tracing.watch import Position, Skipped

MAX_ITEMS: Final = 10
"""Items of `each` traced one by one by default."""

_STAGES: Final = {"label": Stage.LABELS, "test": Stage.WHEN, "cut_off": Stage.REGEX, "parse": Stage.PARSE}
"""The stage of each skip reason; all other reasons concern the value."""


def event_type_of(event: Any) -> str | None:
    """Return the type of a telemetry event; None if it is none. A store decides in the same way."""
    event_type = event.get("type") if type(event) is dict else None
    return event_type if type(event_type) is str else None


def stage_of(reason: str, family: model.Family) -> tuple[Stage, str]:
    """Return the stage at which a sample of a family was skipped for a reason, or made if there is none."""
    if reason in {"", "series_limit", "series_limit_total"}:
        is_lost = reason and family.overflow.row.loses
        return Stage.LIMIT if is_lost else Stage.MADE, reason
    return _STAGES.get(reason, Stage.VALUE), reason


class Tracer:
    """Trace events through a mapping, each as if it were the first of its process.

    Args:
        mapping: the mapping.
        wanted: returns whether to trace the sources of a family.
        env: the variables for `${env:NAME}`; by default, those of the process.
        most_items: number of items of `each` to trace one by one.
        test_lines: finds the lines of tests; by default in the mapping's files.
        regex_budget: the budget of all regexes for an event; by default, each source has `PATIENT_BATCH_SECONDS`.
    """

    def __init__(
        self,
        mapping: model.Mapping,
        *,
        wanted: Callable[[model.Family], bool] = lambda _: True,
        env: Mapping[str, str] | None = None,
        most_items: int = MAX_ITEMS,
        test_lines: TestLines | None = None,
        regex_budget: EventBudget | None = None,
    ) -> None:
        self._regex_budget = regex_budget
        setting = _Setting(mapping, env, most_items, TestLines() if test_lines is None else test_lines, regex_budget)
        self._drops = [_DropTracer(number, rule, setting) for number, rule in enumerate(mapping.drop, 1)]
        self.sources = tuple(isolated for isolated in isolate_sources(mapping) if wanted(isolated.family))
        initial = sum(len(family.init) for family in mapping.families)
        self._tracers = [_SourceTracer(isolated, initial, setting) for isolated in self.sources]

    def trace(self, event: Any) -> EventTrace:
        """Trace an event."""
        if self._regex_budget is not None:
            self._regex_budget.refill()
        event_type = event_type_of(event)
        if event_type is None:
            return EventTrace(None)
        drops = []
        for tracer in self._drops:
            if not matches_any(tracer.rule.patterns, event_type):
                continue
            drops.append(tracer.trace(event))
            if drops[-1].drops:
                return EventTrace(event_type, tuple(drops))
        return EventTrace(event_type, tuple(drops), tuple(tracer.trace(event) for tracer in self._tracers))

    def trace_source(self, number: int, event: Any) -> SourceTrace:
        """Trace an event through the source with this number in `sources`, whether or not it is dropped."""
        return self._tracers[number].trace(event)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all tracers of a mapping have in common, as `Tracer` describes it."""

    mapping: model.Mapping
    env: Mapping[str, str] | None
    most_items: int
    test_lines: TestLines
    regex_budget: EventBudget | None

    def observer(self, plan: Plan, depth: int, most: int) -> PlanObserver:
        """Return an observer of a plan whose sources have so many steps in `each`."""
        return PlanObserver(plan, env=self.env, depth=depth, most=most, regex_budget=self.regex_budget)

    def probe_results(self, family: model.Family, source: model.Source, most: int) -> ProbeResults:
        """Return the results of a source's probes."""
        probes = make_probes(self.mapping, family, source, self.test_lines)
        return ProbeResults(probes, source, self.observer(probes.plan, len(source.each), most))


class _DropTracer:
    """Trace events through a drop rule."""

    def __init__(self, number: int, rule: model.DropRule, setting: _Setting) -> None:
        self.rule = rule
        self._number = number
        self._setting = setting

    @cached_property
    def _plan(self) -> Plan:
        return compile_mapping(replace(self._setting.mapping, families=(), drop=(self.rule,)))

    @cached_property
    def _probes(self) -> ProbeResults:
        return self._setting.probe_results(*source_of_drop(self.rule), most=1)

    def trace(self, event: Any) -> DropTrace:
        """Trace an event whose type the rule reads."""
        setting = self._setting
        store = Store(
            self._plan, env=setting.env, regex_seconds=PATIENT_BATCH_SECONDS, regex_budget=setting.regex_budget
        )
        counts = apply(self._plan, (event,), store).counts
        undecided = next((reason for reason, count in counts.undecided.items() if count), "")
        test = None
        if self.rule.when is not None:
            test = self._probes.run(event).test(())
        return DropTrace(self._number, self.rule, bool(counts.dropped["rule"]), undecided, test)


class _SourceTracer:
    """Trace events through one source.

    Args:
        isolated: the source.
        initial: number of series of all families that exist from the start.
        setting: what all tracers have in common.
    """

    def __init__(self, isolated: IsolatedSource, initial: int, setting: _Setting) -> None:
        self._isolated = isolated
        self._initial = initial
        self._setting = setting
        # Setting a gauge shows the operand of any operation.
        self._source = replace(
            isolated.source, each=observable_each(isolated.source.each), operation=GaugeOperation.SET
        )

    @cached_property
    def _observer(self) -> PlanObserver:
        """Compile the source alone; series that exist from the start still count towards the limit."""
        others = self._initial - len(self._isolated.family.init)
        family = replace(self._isolated.family, sources=(self._source,))
        mapping = self._setting.mapping
        room = max(0, mapping.series_limit_total - others)
        plan = compile_mapping(replace(mapping, families=(family,), drop=(), series_limit_total=room))
        return self._setting.observer(plan, len(self._source.each), self._setting.most_items)

    @cached_property
    def _probes(self) -> ProbeResults:
        return self._setting.probe_results(self._isolated.family, self._source, self._setting.most_items)

    def trace(self, event: Any) -> SourceTrace:
        """Trace an event."""
        if not matches_any(self._source.patterns, event["type"]):
            return SourceTrace(self._isolated, Stage.FROM)
        depth = len(self._source.each)
        observer = self._observer
        observer.apply(event)
        counts = self._counts(observer)
        results = None
        if counts.keys() - {(Stage.MADE, "")} or not counts:
            results = self._probes.run(event)
        if (Stage.PARSE, "parse") in counts and results:
            return SourceTrace(self._isolated, Stage.PARSE, "parse", counts=counts, found=results.unparsed())
        if not counts and results:
            step = observer.found.index(0)
            found = results.no_items(self._isolated.source.each[step])
            return SourceTrace(self._isolated, Stage.EACH, counts=counts, found=found, step=step + 1)
        is_cut = (Stage.REGEX, "cut_off") in counts
        positions = observer.names if depth or is_cut else {(): ()}
        items = tuple(
            self._item(names, observer.notes.get((0, position)), position, results)
            for position, names in positions.items()
            if not is_cut or (0, position) in observer.notes
        )
        stage = Stage.REGEX if is_cut else Stage.MADE
        return SourceTrace(self._isolated, stage, "cut_off" if is_cut else "", items, counts)

    def _counts(self, observer: PlanObserver) -> dict[tuple[Stage, str], int]:
        """Count all items by stage and reason."""
        counts = {stage_of(reason, self._isolated.family): count for reason, count in observer.counts.items()}
        if observer.store.families[0].skipped["cut_off"]:
            counts[Stage.REGEX, "cut_off"] = 1
            return counts
        items = observer.found[-1] if observer.found else 1
        rest = items - sum(observer.counts.values())
        return counts | {(Stage.WHEN, ""): rest} if rest > 0 else counts

    def _item(
        self,
        names: tuple[str | int, ...],
        note: Taken | Skipped | None,
        position: Position,
        results: ProbeResults | None,
    ) -> ItemTrace:
        if isinstance(note, Taken):
            stage, reason = stage_of(note.beyond, self._isolated.family)
            return ItemTrace(names, stage, reason, self._labels(note), _amount(self._isolated.family.type, note.cell))
        assert results is not None  # noqa: S101 - some item was not taken
        if note is None:
            return ItemTrace(names, Stage.WHEN, tests=results.failed_tests(position))
        stage, reason = stage_of(note.reason, self._isolated.family)
        if stage is Stage.WHEN:
            return ItemTrace(names, stage, reason, tests=results.failed_tests(position))
        if stage is Stage.LABELS:
            invalid = results.invalid_labels(self._isolated.family.label_names, position)
            return ItemTrace(names, stage, reason, invalid=invalid)
        return ItemTrace(names, stage, reason, values=results.values(position))

    def _labels(self, note: Taken) -> tuple[tuple[str, str], ...]:
        texts = (text.replace(INSTANCE_MARK, INSTANCE) for text in note.key)
        return tuple(zip(self._isolated.family.label_names, texts, strict=True))


def _amount(metric_type: MetricType, cell: Cell) -> float:
    """Return the amount of the only sample in a cell."""
    match metric_type:
        case MetricType.COUNTER | MetricType.GAUGE | MetricType.HISTOGRAM:
            return cell[0]
        case MetricType.SUMMARY:
            return cell[1]
        case _:
            assert_never(metric_type)
