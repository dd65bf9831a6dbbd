"""Trace events through a mapping: of each source, how far it came, and what it made."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, assert_never

from telemap.apply import apply
from telemap.compiler import compile as compile_mapping
from telemap.label_text import INSTANCE as INSTANCE_MARK
from telemap.model import GaugeOperation, MetricType
from telemap.patterns import matches_any
from telemap.store import Store
from telemap.tracing.isolate import lone_sources
from telemap.tracing.locations import TestPlaces
from telemap.tracing.outcomes import DropTrace, EventTrace, ItemTrace, SourceTrace, Stage
from telemap.tracing.probe_results import ProbeResults
from telemap.tracing.probes import make_probes, source_of_drop, watched_each
from telemap.tracing.watch import INSTANCE, Taken, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap import model
    from telemap.plan import Plan
    from telemap.store.cells import Cell
    from telemap.tracing.isolate import LoneSource
    from telemap.tracing.watch import Position, Skipped

MOST_ITEMS: Final = 10
"""Items of `each` that are told one by one, where nobody says how many."""

_STAGES: Final = {"label": Stage.LABELS, "test": Stage.WHEN, "cut_off": Stage.REGEX, "parse": Stage.PARSE}
"""Where a sample is lost that is skipped for a reason; all other reasons are about the value."""


class Tracer:
    """Trace events through a mapping, each as if it were the first of its process.

    Args:
        mapping: the mapping.
        wanted: tells of a family whether its sources are traced.
        env: what `${env:NAME}` reads; the process's own when not given.
        most_items: how many items of `each` are told one by one.
    """

    def __init__(
        self,
        mapping: model.Mapping,
        *,
        wanted: Callable[[model.Family], bool] = lambda _: True,
        env: Mapping[str, str] | None = None,
        most_items: int = MOST_ITEMS,
    ) -> None:
        places = TestPlaces()
        self._drops = [_DropTracer(number, rule, mapping, env, places) for number, rule in enumerate(mapping.drop, 1)]
        self.sources = tuple(lone for lone in lone_sources(mapping) if wanted(lone.family))
        initial = sum(len(family.init) for family in mapping.families)
        self._tracers = [_SourceTracer(lone, mapping, initial, env, most_items, places) for lone in self.sources]

    def trace(self, event: Any) -> EventTrace:
        """Trace an event."""
        if type(event) is not dict or type(event.get("type")) is not str:  # as the code of a plan has it
            return EventTrace(None)
        drops = []
        for tracer in self._drops:
            if not matches_any(tracer.rule.patterns, event["type"]):
                continue
            drops.append(tracer.trace(event))
            if drops[-1].drops:
                return EventTrace(event["type"], tuple(drops))
        return EventTrace(event["type"], tuple(drops), tuple(tracer.trace(event) for tracer in self._tracers))


class _DropTracer:
    """Trace events through one rule of `drop`."""

    def __init__(
        self,
        number: int,
        rule: model.DropRule,
        mapping: model.Mapping,
        env: Mapping[str, str] | None,
        places: TestPlaces,
    ) -> None:
        self.rule = rule
        self._number = number
        self._mapping = mapping
        self._env = env
        self._places = places

    @cached_property
    def _plan(self) -> Plan:
        return compile_mapping(replace(self._mapping, families=(), drop=(self.rule,)))

    @cached_property
    def _findings(self) -> ProbeResults:
        family, source = source_of_drop(self.rule)
        return ProbeResults(make_probes(self._mapping, family, source, self._places), source, env=self._env, most=1)

    def trace(self, event: Any) -> DropTrace:
        """Return what the rule says of an event that its patterns fit."""
        counts = apply(self._plan, (event,), Store(self._plan, env=self._env)).counts
        undecided = next((reason for reason, count in counts.undecided.items() if count), "")
        test = None
        if self.rule.when is not None:
            test = self._findings.look(event).test(())
        return DropTrace(self._number, self.rule, bool(counts.dropped["rule"]), undecided, test)


class _SourceTracer:
    """Trace events through one source.

    Args:
        lone: the source.
        mapping: whose limits hold for it.
        initial: how many series of all families are there from the start.
        env: what `${env:NAME}` reads.
        most_items: how many items of `each` are told one by one.
        places: where tests are written.
    """

    def __init__(
        self,
        lone: LoneSource,
        mapping: model.Mapping,
        initial: int,
        env: Mapping[str, str] | None,
        most_items: int,
        places: TestPlaces,
    ) -> None:
        self._lone = lone
        self._mapping = mapping
        self._initial = initial
        # A gauge is set, whatever its operation: what it is set to is what that works with.
        self._source = replace(lone.source, each=watched_each(lone.source.each), operation=GaugeOperation.SET)
        self._env = env
        self._places = places
        self._most = most_items

    @cached_property
    def _watch(self) -> Watch:
        """Compile the source alone; series that are there from the start take room as ever."""
        others = self._initial - len(self._lone.family.init)
        family = replace(self._lone.family, sources=(self._source,))
        room = max(0, self._mapping.series_limit_total - others)
        plan = compile_mapping(replace(self._mapping, families=(family,), drop=(), series_limit_total=room))
        return Watch(plan, env=self._env, depth=len(self._source.each), most=self._most)

    @cached_property
    def _findings(self) -> ProbeResults:
        probes = make_probes(self._mapping, self._lone.family, self._source, self._places)
        return ProbeResults(probes, self._source, env=self._env, most=self._most)

    def trace(self, event: Any) -> SourceTrace:
        """Return what the source does with an event."""
        if not matches_any(self._source.patterns, event["type"]):
            return SourceTrace(self._lone, Stage.FROM)
        depth = len(self._source.each)
        watch = self._watch
        watch.apply(event)
        counts = self._counts(watch)
        results = None
        if counts.keys() - {(Stage.MADE, "")} or not counts:
            results = self._findings.look(event)
        if (Stage.PARSE, "parse") in counts and results:
            return SourceTrace(self._lone, Stage.PARSE, "parse", counts=counts, found=results.unparsed())
        if not counts and results:
            step = watch.found.index(0)
            found = results.no_items(self._lone.source.each[step])
            return SourceTrace(self._lone, Stage.EACH, counts=counts, found=found, step=step + 1)
        is_cut = (Stage.REGEX, "cut_off") in counts
        positions = watch.names if depth or is_cut else {(): ()}
        items = tuple(
            self._item(names, watch.notes.get((0, position)), position, results)
            for position, names in positions.items()
            if not is_cut or (0, position) in watch.notes
        )
        stage = Stage.REGEX if is_cut else Stage.MADE
        return SourceTrace(self._lone, stage, "cut_off" if is_cut else "", items, counts)

    def _counts(self, watch: Watch) -> dict[tuple[Stage, str], int]:
        """Count what became of all items, by stage and reason."""
        counts = {self._stage_of(reason): count for reason, count in watch.counts.items()}
        if watch.store.families[0].skipped["cut_off"]:
            counts[Stage.REGEX, "cut_off"] = 1
            return counts
        items = watch.found[-1] if watch.found else 1
        rest = items - sum(watch.counts.values())
        return counts | {(Stage.WHEN, ""): rest} if rest > 0 else counts

    def _stage_of(self, reason: str) -> tuple[Stage, str]:
        if reason in {"", "series_limit", "series_limit_total"}:
            is_lost = reason and self._lone.family.overflow.row.loses
            return Stage.LIMIT if is_lost else Stage.MADE, reason
        return _STAGES.get(reason, Stage.VALUE), reason

    def _item(
        self,
        names: tuple[str | int, ...],
        note: Taken | Skipped | None,
        position: Position,
        results: ProbeResults | None,
    ) -> ItemTrace:
        if isinstance(note, Taken):
            stage, reason = self._stage_of(note.beyond)
            return ItemTrace(names, stage, reason, self._labels(note), _amount(self._lone.family.type, note.cell))
        assert results is not None  # noqa: S101 - some item was not taken
        if note is None:
            return ItemTrace(names, Stage.WHEN, tests=results.failed_tests(position))
        stage, reason = self._stage_of(note.reason)
        if stage is Stage.WHEN:
            return ItemTrace(names, stage, reason, tests=results.failed_tests(position))
        if stage is Stage.LABELS:
            invalid = results.invalid_labels(self._lone.family.label_names, position)
            return ItemTrace(names, stage, reason, invalid=invalid)
        return ItemTrace(names, stage, reason, values=results.values(position))

    def _labels(self, note: Taken) -> tuple[tuple[str, str], ...]:
        texts = (text.replace(INSTANCE_MARK, INSTANCE) for text in note.key)
        return tuple(zip(self._lone.family.label_names, texts, strict=True))


def _amount(metric_type: MetricType, cell: Cell) -> float:
    """Read the amount of a sample from the cell of a series that has no other."""
    match metric_type:
        case MetricType.COUNTER | MetricType.GAUGE | MetricType.HISTOGRAM:
            return cell[0]
        case MetricType.SUMMARY:
            return cell[1]
        case _:
            assert_never(metric_type)
