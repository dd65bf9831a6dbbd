"""What is traced of events that say little, or very much."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import telemap
from telemap.tracing.outcomes import Stage
from telemap.tracing.tracer import Tracer

if TYPE_CHECKING:
    import pytest

    from telemap.tracing.outcomes import EventTrace


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


def test_slow_regex_is_traced_and_does_not_stop_other_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telemap.tracing.watch.PATIENT_BATCH_SECONDS", 0.05)
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
