"""What a trace says that sources made of an event is what `apply` makes of it with the whole mapping."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from case_folders import case_folders, case_name
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import events as any_event
from strategies import mappings, wild_events

import telemap
from telemap.label_text import INSTANCE as INSTANCE_MARK
from telemap.label_text import OVERFLOW
from telemap.model import GaugeOperation, MetricType
from telemap.resources import shipped_mappings
from telemap.tracing.outcomes import Stage
from telemap.tracing.tracer import Tracer
from telemap.tracing.watch import INSTANCE

if TYPE_CHECKING:
    from telemap.store.series import FamilySeries
    from telemap.tracing.outcomes import EventTrace, ItemTrace, SourceTrace

TOP = Path(__file__).parents[4]
RECORDINGS = sorted((TOP / "tests" / "events").glob("*.json"))
EVERY_ITEM = 10**6

Cells = dict[tuple[str, ...], list[float]]


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


def assert_told_as_applied(mapping: telemap.Mapping, tracer: Tracer, plan: telemap.Plan, event: Any) -> None:
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


def assert_that_each_stop_has_its_reason(trace: EventTrace) -> None:
    for source in trace.sources:
        if source.stage in {Stage.PARSE, Stage.EACH}:
            assert source.found is not None
        for item in source.items:
            assert item.stage is not Stage.WHEN or item.tests
            assert item.stage is not Stage.LABELS or item.invalid


@pytest.mark.parametrize("name", shipped_mappings())
def test_traces_of_recordings_match_the_store(name: str) -> None:
    mapping = telemap.load(name)
    plan = telemap.compile(mapping)
    tracer = Tracer(mapping, env={}, most_items=EVERY_ITEM)
    for recording in RECORDINGS:
        for event in json.loads(recording.read_text(encoding="utf-8")):
            assert_told_as_applied(mapping, tracer, plan, event)


CASES = case_folders(TOP / "tests" / "cases" / "apply")


@pytest.mark.parametrize("folder", CASES, ids=case_name)
def test_traces_of_cases_match_the_store(folder: Path) -> None:
    mapping = telemap.load(folder / "mapping.yaml")
    plan = telemap.compile(mapping)
    tracer = Tracer(mapping, env={}, most_items=EVERY_ITEM)
    for event in json.loads((folder / "events.json").read_text(encoding="utf-8")):
        assert_told_as_applied(mapping, tracer, plan, event)


@given(mappings(), st.lists(any_event | wild_events, min_size=1, max_size=3))
@examples(0.6)
def test_traces_of_any_events_match_the_store(text: str, events: list[Any]) -> None:
    mapping = telemap.loads(text)
    plan = telemap.compile(mapping)
    tracer = Tracer(mapping, env={}, most_items=EVERY_ITEM)
    for event in events:
        assert_told_as_applied(mapping, tracer, plan, event)


def trace_of(metrics: str, event: Any, **settings: Any) -> EventTrace:
    return Tracer(telemap.loads(f"version: 1\n{metrics}"), env={}, **settings).trace(event)


def function(record: Any) -> dict[str, Any]:
    return {"time": "2026-03-02T08:15:00Z", "type": "function", "record": record}


EACH = """
metrics:
  items_total:
    {type: counter, help: Items., from: function, each: "$.record.items[*]", value: .n, labels: {kind: .kind}}
"""


def test_all_items_are_counted_and_the_first_traced() -> None:
    items = [{"n": number, "kind": "a"} for number in range(1000)] + [{"kind": "b"}]
    [source] = trace_of(EACH, function({"items": items}), most_items=3).sources
    assert [item.names for item in source.items] == [(0,), (1,), (2,)]
    assert source.counts == {(Stage.MADE, ""): 1000, (Stage.VALUE, "missing"): 1}
    assert source.made == 1000


def test_nested_items_are_named_by_all_keys() -> None:
    mapping = """
metrics:
  leaves_total:
    type: counter
    help: Leaves.
    from: function
    each: ["$.record.*", ".leaves[*]"]
    when: [{path: .n, gt: 1}]
"""
    event = function({"oak": {"leaves": [{"n": 1}, {"n": 2}]}, "fir": {"leaves": [{"n": 3}]}})
    [source] = trace_of(mapping, event).sources
    assert [(item.names, item.stage) for item in source.items] == [
        (("oak", 0), Stage.WHEN),
        (("oak", 1), Stage.MADE),
        (("fir", 0), Stage.MADE),
    ]


def test_step_of_each_without_items_is_traced() -> None:
    mapping = "metrics: {a_total: {type: counter, help: A., from: function, each: ['$.record.*', '.leaves[*]']}}"
    [source] = trace_of(mapping, function({"oak": {}})).sources
    assert (source.stage, source.step) == (Stage.EACH, 2)


def test_tests_equal_in_python_but_not_in_json_are_distinguished() -> None:
    mapping = """
metrics:
  a_total:
    type: counter
    help: A.
    from: function
    when: [{path: $.record.a, equals: true}, {path: $.record.a, equals: 1}]
"""
    [source] = trace_of(mapping, function({"a": 1})).sources
    [failed] = source.items[0].tests
    assert [failed.condition.operands] == [(True,)]  # type: ignore[union-attr]
    assert failed.found[0].value == 1


def test_each_event_is_the_first_of_its_process() -> None:
    mapping = """
metrics:
  a_total: {type: counter, help: A., from: function, series_limit: 1, labels: {id: {path: $.record.id, max_values: 1}}}
"""
    tracer = Tracer(telemap.loads(f"version: 1\n{mapping}"), env={})
    labels = [tracer.trace(function({"id": text})).sources[0].items[0].labels for text in ("x", "y", "z")]
    assert labels == [(("id", "x"),), (("id", "y"),), (("id", "z"),)]


def test_samples_beyond_a_limit_are_traced() -> None:
    mapping = """
defaults: {series_limit_total: %d}
metrics:
  folded_total:
    {type: counter, help: A., from: function, each: "$.record[*]", labels: {id: .}, series_limit: 2}
  dropped:
    {type: gauge, help: A., from: function, each: "$.record[*]", value: 1, labels: {id: .}, series_limit: 2}
"""
    folded, dropped = trace_of(mapping % 10, function(["a", "b", "c"])).sources
    assert folded.counts == {(Stage.MADE, ""): 2, (Stage.MADE, "series_limit"): 1}
    assert dropped.counts == {(Stage.MADE, ""): 2, (Stage.LIMIT, "series_limit"): 1}
    folded, dropped = trace_of(mapping % 1, function(["a", "b"])).sources
    assert folded.counts == {(Stage.MADE, ""): 1, (Stage.MADE, "series_limit_total"): 1}
    assert dropped.items[1].reason == "series_limit_total"


def test_initial_series_count_towards_the_limit() -> None:
    mapping = """
defaults: {series_limit_total: 2}
metrics:
  there_total: {type: counter, help: A., from: extension, init: all, labels: {a: {path: $.record, allow: [b]}}}
  here_total: {type: counter, help: A., from: function}
"""
    _, here = trace_of(mapping, function("x")).sources
    assert here.counts == {(Stage.MADE, "series_limit_total"): 1}


def test_slow_regex_is_traced_and_does_not_stop_other_sources() -> None:
    mapping = """
metrics:
  slow_total: {type: counter, help: A., from: function, when: [{path: $.record, matches: '^(a+)+$'}]}
  quick_total: {type: counter, help: A., from: function}
"""
    slow, quick = trace_of(mapping, function("a" * 40 + "!")).sources
    assert (slow.stage, slow.items) == (Stage.REGEX, ())
    assert quick.made == 1


def test_undecided_drop_rule_is_traced_and_lets_event_pass() -> None:
    mapping = """
drop: [{from: function, when: [{path: "$.record[?(@.a > 0)].a", equals: 1}]}]
metrics: {a_total: {type: counter, help: A., from: function}}
"""
    trace = trace_of(mapping, function([{"a": 1}, {"a": 2}]))
    assert [(drop.drops, drop.undecided) for drop in trace.drops] == [(False, "several")]
    assert trace.sources[0].made == 1


def test_deep_and_huge_events_are_traced() -> None:
    deep: Any = "end"
    for _ in range(900):
        deep = {"a": [deep]}
    mapping = "metrics: {a_total: {type: counter, help: A., from: function, value: $.record.a, each: '$..a'}}"
    [source] = trace_of(mapping, function({"a": 10**400, "b": deep, "c": "x" * 1_000_000, "d": math.inf})).sources
    assert source.counts == {(Stage.VALUE, "too_large"): 901}
