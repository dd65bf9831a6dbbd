"""What a trace says that sources made of an event is what `apply` makes of it; a tally counts what all traces say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import telemap
from telemap.label_text import INSTANCE as INSTANCE_MARK
from telemap.label_text import OVERFLOW
from telemap.model import GaugeOperation, MetricType
from telemap.tracing.outcomes import Stage
from telemap.tracing.summary import SourceSum, Summary
from telemap.tracing.tally import Tally
from telemap.tracing.tracer import Tracer
from telemap.tracing.watch import INSTANCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap.store.series import FamilySeries
    from telemap.tracing.outcomes import EventTrace, ItemTrace, SourceTrace

EVERY_ITEM = 10**6

Cells = dict[tuple[str, ...], list[float]]


def assert_traced(mapping: telemap.Mapping, events: Sequence[Any]) -> None:
    """Check the traces of events against a store, one by one, and a tally of them against the traces."""
    plan = telemap.compile(mapping)
    tracer = Tracer(mapping, env={}, most_items=EVERY_ITEM)
    traces = [trace_as_applied(mapping, tracer, plan, event) for event in events]
    tally = Tally(mapping, tracer, env={})
    tally.add(enumerate([*events, *events], 1))  # each comes twice, because a tally traces what it has not seen
    assert numbers(tally.summary) == numbers(of_traces(tracer, traces), times=2)


def stored(family: FamilySeries) -> Cells:
    """Return the series of a family, without those of `init` that nothing was added to."""
    keys = {key: tuple(text.replace(INSTANCE_MARK, INSTANCE) for text in key) for key in family.cells}
    return {keys[key]: cell for key, cell in family.cells.items() if key not in family.initial or any(cell)}


def told(traces: list[SourceTrace], family: FamilySeries) -> Cells:
    """Add up what the traces of a family's sources tell."""
    cells: Cells = {}
    for trace in traces:
        for item in trace.items:
            if item.stage is Stage.MADE:
                add(cells, item, trace, family)
    return cells


def add(cells: Cells, item: ItemTrace, trace: SourceTrace, family: FamilySeries) -> None:
    key = tuple(text for _, text in item.labels)
    shape = family.shape
    operation = trace.isolated.source.operation
    match shape.type:
        case MetricType.SUMMARY:
            cell = cells.setdefault(key, [0.0, 0.0])
            cell[0] += 1
            cell[1] += item.amount
        case MetricType.HISTOGRAM:
            cell = cells.setdefault(key, [0.0] * (len(shape.buckets) + 2))
            cell[0] += item.amount
            cell[1 + sum(bound < item.amount for bound in shape.buckets)] += 1
        case MetricType.COUNTER:
            cells.setdefault(key, [0.0])[0] += item.amount
        case MetricType.GAUGE:
            cell = cells.setdefault(key, [shape.start])
            cell[0] = after(operation, cell[0], item.amount)


def after(operation: GaugeOperation, before: float, amount: float) -> float:
    match operation:
        case GaugeOperation.INC | GaugeOperation.ADD:
            return before + amount
        case GaugeOperation.DEC | GaugeOperation.SUB:
            return before - amount
        case GaugeOperation.MIN:
            return min(before, amount)
        case GaugeOperation.MAX:
            return max(before, amount)
    return amount


def is_folded(family: FamilySeries) -> bool:
    return family.overflowed > 0 or any(OVERFLOW in key for key in family.cells)


def skips(traces: list[SourceTrace]) -> dict[str, int]:
    """Count what was skipped, by reason; a test that did not hold is no skip."""
    reasons: Counter[str] = Counter()
    for trace in traces:
        for (stage, reason), count in trace.counts.items():
            if stage not in {Stage.MADE, Stage.LIMIT} and reason:
                reasons[reason] += count
    return dict(reasons)


def trace_as_applied(mapping: telemap.Mapping, tracer: Tracer, plan: telemap.Plan, event: Any) -> EventTrace:
    """Return the trace of an event; check that it tells what applying makes of it."""
    store = telemap.apply(plan, [event], telemap.Store(plan, env={}, instance=INSTANCE))
    trace = tracer.trace(event)
    assert (trace.event_type is None) == bool(store.counts.dropped["malformed"])
    assert (trace.dropped is not None) == bool(store.counts.dropped["rule"])
    for series in store.families:
        traces = [one for one in trace.sources if one.isolated.family.name == series.shape.name]
        assert skips(traces) == {reason: count for reason, count in series.skipped.items() if count}
        if not is_folded(series):
            cells = {key: cell[:1] if series.shape.expire else cell for key, cell in stored(series).items()}
            made = {key: cell for key, cell in told(traces, series).items() if any(cell) or key in cells}
            assert made == cells, (mapping.name, series.shape.name)
    assert_that_each_stop_has_its_reason(trace)
    return trace


def assert_that_each_stop_has_its_reason(trace: EventTrace) -> None:
    for source in trace.sources:
        if source.stage in {Stage.PARSE, Stage.EACH}:
            assert source.found is not None
        for item in source.items:
            assert item.stage is not Stage.WHEN or item.tests
            assert item.stage is not Stage.LABELS or item.invalid


def of_traces(tracer: Tracer, traces: Sequence[EventTrace]) -> Summary:
    """Sum up the traces of all events."""
    summary = Summary([SourceSum(isolated) for isolated in tracer.sources])
    for number, trace in enumerate(traces, 1):
        summary.events += 1
        if trace.event_type is None:
            summary.malformed += 1
        elif trace.dropped:
            summary.dropped[trace.dropped.number] = summary.dropped.get(trace.dropped.number, 0) + 1
        elif all(one.stage is Stage.FROM for one in trace.sources):
            summary.unread += 1
        else:
            for total, one in zip(summary.sources, trace.sources, strict=True):
                if one.stage is not Stage.FROM:
                    total.add(number, one)
    return summary


def numbers(summary: Summary, times: int = 1) -> Any:
    """Return all numbers of a summary; those of events are multiplied."""
    sums = [
        (
            times * one.read,
            times * one.made,
            {ending: (total.first, times * total.count) for ending, total in one.ended.items()},
        )
        for one in summary.sources
    ]
    dropped = {rule: times * count for rule, count in summary.dropped.items()}
    return times * summary.events, times * summary.malformed, times * summary.unread, dropped, sums
