"""Limits on series, and what is said about samples that were not taken."""

from __future__ import annotations

from typing import Any

import pytest

import telemap
from telemap.check.mapping import SERIES_LIMIT_TOTAL

BY_SHOP = """
version: 1
metrics:
  orders_total: {type: counter, help: Orders., from: function, labels: {shop: $.record.shop}, series_limit: 100000}
  queue: {type: gauge, help: Queue., from: function, value: 1, labels: {shop: $.record.shop}, series_limit: 100000}
"""


def order(shop: Any) -> dict[str, Any]:
    return {"type": "function", "record": {"shop": shop}}


def test_a_process_has_a_limit_of_series_over_all_families() -> None:
    assert SERIES_LIMIT_TOTAL == 10_000
    store = _apply(BY_SHOP, [order(f"shop {number}") for number in range(6_000)])
    orders, queue = store.families
    # Each event makes a series in both families: 5,000 of each fit, then counters fold and gauges drop.
    assert len(orders.cells) == 5_001
    assert orders.cells["__overflow__",] == [1_000.0]
    assert len(queue.cells) == 5_000
    assert (orders.overflowed, queue.overflowed) == (1_000, 1_000)
    assert sum(cell[0] for cell in orders.cells.values()) == 6_000


def test_a_family_without_open_labels_counts_on_beyond_the_limit() -> None:
    store = _apply(
        """
version: 1
defaults: {series_limit_total: 1}
metrics:
  orders_total: {type: counter, help: Orders., from: function, labels: {shop: $.record.shop}}
  events_total: {type: counter, help: Events., from: function, labels: {kind: order}}
""",
        [order("a"), order("b")],
    )
    assert store.families[1].cells == {("order",): [2.0]}


def test_a_label_that_reads_like_the_overflow_shares_its_series() -> None:
    store = _apply(
        "version: 1\nmetrics:\n  orders_total:\n    type: counter\n    help: Orders.\n    from: function\n"
        "    labels: {shop: $.record.shop}\n    series_limit: 2\n",
        [order(shop) for shop in ("__overflow__", "a", "b", "c")],
    )
    assert store.families[0].cells == {("__overflow__",): [3.0], ("a",): [1.0]}


def test_what_is_skipped_is_reported_once_for_each_family_and_reason() -> None:
    said: list[str] = []
    plan = telemap.compile(
        telemap.loads(
            "version: 1\nmetrics:\n  load: {type: gauge, help: Load., from: function, value: $.record.v, "
            "labels: {shop: $.record.shop}}\n"
        )
    )
    store = telemap.Store(plan, env={}, warn=said.append)
    events = [{"type": "function", "record": record} for record in ({"v": "a"}, {"v": 1, "shop": []}, {}) * 3]
    telemap.apply(plan, events, store)
    assert said == [
        "metric 'load': a value is not a number; samples like this are skipped and counted",
        (
            "metric 'load': a label is an object, an array, several nodes, or no number of JSON;"
            " samples like this are skipped and counted"
        ),
    ]


@pytest.mark.parametrize(
    ("value", "words", "is_array"),
    [
        ([231.5], ", but an array of them, whose items 'each' reads", True),
        ([1, "x"], ", but an array of them, whose items 'each' reads", True),
        (" 231.5", ", but text of one, which 'as: number' converts", False),
        *((value, "", False) for value in (["1"], [], [True], "one", "nan", "1" * 100, True)),
    ],
)
def test_numbers_in_arrays_and_in_text_are_reported_with_what_reads_them(
    value: object, words: str, *, is_array: bool
) -> None:
    said: list[str] = []
    plan = telemap.compile(
        telemap.loads("version: 1\nmetrics: {load: {type: gauge, help: Load., from: function, value: $.record.v}}\n")
    )
    store = telemap.Store(plan, env={}, warn=said.append)
    telemap.apply(plan, [{"type": "function", "record": {"v": value}}], store)
    assert said == [f"metric 'load': a value is not a number{words}; samples like this are skipped and counted"]
    assert store.families[0].found_arrays is is_array


def test_an_unset_variable_is_reported_once_at_the_start() -> None:
    said: list[str] = []
    plan = telemap.compile(
        telemap.loads(
            "version: 1\nmetrics:\n  up: {type: gauge, help: Up., from: x, value: 1, "
            'labels: {a: "${env:REGION}", b: "in ${env:REGION}", c: "${env:STAGE:-dev}"}}\n'
        )
    )
    telemap.Store(plan, env={}, warn=said.append)
    assert said == ["environment variable REGION is not set: labels that name it are empty"]


def test_a_literal_that_the_environment_makes_too_long_is_cut() -> None:
    plan = telemap.compile(
        telemap.loads(
            'version: 1\nmetrics:\n  up: {type: gauge, help: Up., from: x, value: 1, labels: {a: "${env:A}${env:A}"}}\n'
        )
    )
    store = telemap.apply(plan, [{"type": "x"}], telemap.Store(plan, env={"A": "x" * 1000}))
    assert store.families[0].cells == {("x" * 1024,): [1.0]}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("7", "not_a_number"),
        (True, "not_a_number"),
        ([], "not_a_number"),
        (float("nan"), "not_finite"),
        (float("-inf"), "not_finite"),
        (10**400, "too_large"),
        (2**1024 - 1, "too_large"),  # just above the largest float
        (-1, "negative"),
    ],
)
def test_each_unfit_value_has_its_reason(value: object, reason: str) -> None:
    store = _apply(
        "version: 1\nmetrics:\n  hits_total: {type: counter, help: Hits., from: function, value: $.record.shop}\n",
        [order(value)],
    )
    assert {name: count for name, count in store.families[0].skipped.items() if count} == {reason: 1}


def test_a_value_that_rounds_to_the_largest_float_is_not_called_negative() -> None:
    store = _apply(
        "version: 1\nmetrics:\n  load: {type: gauge, help: Load., from: function, value: $.record.shop}\n",
        [order(int(1.7976931348623157e308) + 1)],
    )
    assert store.families[0].skipped["negative"] == 0


def test_events_are_counted_by_type_and_fit() -> None:
    store = _apply(BY_SHOP, [order("a"), {"type": "platform.start"}, {"type": "platform.fault"}, None, {"type": 1}])
    assert store.counts.events == {"function": 1, "platform.start": 1, "other": 1}
    assert store.counts.unmatched == 2
    assert store.counts.dropped == {"malformed": 2, "rule": 0}


def test_events_that_a_rule_drops_are_counted_and_only_what_no_source_fits_is_unmatched() -> None:
    store = _apply(
        """
version: 1
drop:
  - {from: platform.start}
  - {from: function, when: [{path: $.record.shop, equals: a}]}
metrics:
  reports_total: {type: counter, help: Reports., from: platform.report}
""",
        [{"type": "platform.start"}, order("a"), order("b"), {"type": "platform.report"}, {"type": "platform.fault"}],
    )
    assert store.counts.dropped == {"malformed": 0, "rule": 2}
    assert store.counts.unmatched == 2  # order("b") and the fault
    assert store.families[0].cells == {(): [1.0]}


def test_an_unset_variable_inside_concat_and_default_is_reported_too() -> None:
    said: list[str] = []
    plan = telemap.compile(
        telemap.loads(
            "version: 1\nmetrics:\n  up: {type: gauge, help: Up., from: x, value: 1, labels: {"
            'a: {concat: ["${env:FIRST}", $.a], default: "${env:SECOND}"}, b: {env: THIRD, lower: true}}}\n'
        )
    )
    telemap.Store(plan, env={}, warn=said.append)
    assert sorted(line.split()[2] for line in said) == ["FIRST", "SECOND", "THIRD"]


def test_nodes_as_deep_as_json_can_be_are_compared() -> None:
    mapping = (
        "version: 1\nmetrics:\n  same_total: {type: counter, help: Same., from: function, "
        "when: [{path: $.record.a, equals: {path: $.record.b}}]}\n"
    )
    deep = "[" * 600 + "1" + "]" * 600
    text = f'[{{"type": "function", "record": {{"a": {deep}, "b": {deep}}}}}]'
    assert _apply(mapping, telemap.decode(text)).families[0].cells == {(): [1.0]}


def _apply(mapping: str, events: list[Any]) -> telemap.Store:
    plan = telemap.compile(telemap.loads(mapping))
    return telemap.apply(plan, events, telemap.Store(plan, env={}, instance="i"))
