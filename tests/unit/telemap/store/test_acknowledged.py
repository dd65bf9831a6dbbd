"""What a gateway has acknowledged, what is pending, and a store that begins anew."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

import telemap
from telemap.exposition import Renderer
from telemap.store.acknowledged import Acknowledged
from telemap.store.own_metrics import OwnMetrics

MAPPING = """
version: 1
metrics:
  orders_total: {type: counter, help: Orders., from: function, value: $.record.v, labels: {shop: $.record.shop}}
  took_seconds: {type: summary, help: Took., from: function, value: $.record.v}
  size_bytes: {type: histogram, help: Size., from: function, value: $.record.v, buckets: [1, 10]}
  load: {type: gauge, help: Load., from: function, value: $.record.v}
  stock: {type: gauge, help: Stock., from: function, op: add, value: $.record.v, expire: 10m}
  refunds_total: {type: counter, help: Refunds., from: extension, init: all}
"""
PLAN = telemap.compile(telemap.loads(MAPPING))


class Life:
    """A store, what a gateway has of it, and a clock that the test turns."""

    def __init__(self, *, keep: bool = False) -> None:
        self.now = 1000.0
        own = OwnMetrics(PLAN, version="test")
        self.store = telemap.Store(PLAN, own=own, instance="first", now=lambda: self.now)
        self.renderer = Renderer(self.store)
        self.acknowledged = Acknowledged(self.store, keep=keep)

    def sell(self, value: float, shop: str = "a") -> None:
        telemap.apply(PLAN, [{"type": "function", "record": {"shop": shop, "v": value}}], self.store)

    def push(self, *, taken: bool = True) -> dict[str, float]:
        text = self.renderer.render_increments(self.acknowledged.series)
        self.acknowledged.begin()
        self.acknowledged.settle(taken=taken)
        return values(text)


def values(text: str) -> dict[str, float]:
    """Return the samples of an exposition by name, label values and bound."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_increments_are_what_came_since_the_last_push_that_was_taken() -> None:
    life = Life()
    life.sell(2)
    first = life.push()
    life.sell(3)
    second = life.push()

    assert first == {
        "orders_total a": 2,
        "took_seconds_count": 1,
        "took_seconds_sum": 2,
        "size_bytes_bucket 1.0": 0,
        "size_bytes_bucket 10.0": 1,
        "size_bytes_bucket +Inf": 1,
        "size_bytes_count": 1,
        "size_bytes_sum": 2,
        "stock": 2,
        "refunds_total": 0,
    }
    assert second == {
        **{name: value for name, value in first.items() if name != "refunds_total"},
        "orders_total a": 3,
        "took_seconds_sum": 3,
        "size_bytes_sum": 3,
        "stock": 3,
    }


def test_what_was_not_taken_remains_pending() -> None:
    life = Life()
    life.sell(2)
    life.push(taken=False)
    life.sell(3)

    assert life.push()["orders_total a"] == 5


def test_nothing_new_is_an_empty_exposition() -> None:
    life = Life()
    life.sell(2)
    life.push()

    assert life.renderer.render_increments(life.acknowledged.series) == ""


@given(st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), min_size=1, max_size=20))
def test_increments_that_were_taken_add_up_to_the_whole(sales: list[tuple[float, bool]]) -> None:
    life = Life()
    total: dict[str, float] = {}
    for value, taken in [*sales, (1.0, True)]:
        life.sell(value)
        for name, increment in life.push(taken=taken).items():
            total[name] = total.get(name, 0.0) + (increment if taken else 0.0)
    whole = values(life.renderer.render())

    assert total == pytest.approx({name: whole[name] for name in total}, rel=1e-9)
    assert total["took_seconds_count"] == len(sales) + 1


def test_a_series_that_is_not_acknowledged_does_not_expire() -> None:
    life = Life(keep=True)
    life.sell(2)
    life.now += 3600
    assert life.push(taken=False)["stock"] == 2
    life.now += 3600
    assert life.push()["stock"] == 2
    life.now += 3600
    assert "stock" not in values(life.renderer.render())
    life.sell(5)

    assert life.push()["stock"] == 5


def test_nothing_expires_while_a_push_is_under_way() -> None:
    life = Life(keep=True)
    life.sell(2)
    life.push()
    life.acknowledged.begin()
    life.now += 3600
    life.sell(5)
    life.acknowledged.settle(taken=True)

    assert life.push()["stock"] == 5


def test_a_store_begins_anew_with_what_is_pending() -> None:
    life = Life()
    life.sell(2)
    life.sell(7, shop="b")
    life.push()
    life.sell(3)
    life.acknowledged.restart("second")
    shown = values(life.renderer.render())

    assert shown["orders_total a"] == 3
    assert "orders_total b" not in shown
    assert (shown["took_seconds_count"], shown["took_seconds_sum"]) == (1, 3)
    assert (shown["size_bytes_bucket 10.0"], shown["size_bytes_sum"]) == (1, 3)
    assert (shown["load"], shown["stock"]) == (3, 3)
    assert shown["refunds_total"] == 0
    assert shown["telemap_events_total function"] == 1
    assert life.store.instance == "second"
    life.sell(4)
    shown = values(life.renderer.render())
    assert (shown["orders_total a"], shown["stock"], shown["telemap_events_total function"]) == (7, 7, 2)


def test_a_store_of_which_nothing_was_acknowledged_loses_nothing_when_it_begins_anew() -> None:
    life = Life()
    life.sell(2)
    before = values(life.renderer.render())
    life.acknowledged.restart("second")

    assert values(life.renderer.render()) == before


def test_a_gauge_that_was_acknowledged_is_not_shown_until_it_is_set_again() -> None:
    life = Life()
    life.sell(2)
    life.push()
    life.acknowledged.restart("second")
    assert "load" not in values(life.renderer.render())
    life.sell(2)

    assert values(life.renderer.render())["load"] == 2


def test_series_limits_count_anew() -> None:
    mapping = """
version: 1
metrics:
  a_total: {type: counter, help: A., from: function, labels: {x: $.record}, series_limit: 2}
"""
    plan = telemap.compile(telemap.loads(mapping))
    store = telemap.Store(plan)
    acknowledged = Acknowledged(store)

    def see(*records: Any) -> set[str]:
        telemap.apply(plan, [{"type": "function", "record": record} for record in records], store)
        return set(values(telemap.render(store)))

    assert see("a", "b", "c") == {"a_total a", "a_total b", "a_total __overflow__"}
    acknowledged.begin()
    acknowledged.settle(taken=True)
    acknowledged.restart("second")

    assert see("d", "e") == {"a_total d", "a_total e"}
    assert see("f") == {"a_total d", "a_total e", "a_total __overflow__"}


EXTREMES = (1.7e308, -1.7e308, 1e308, -1e308, 1.0)


@given(st.lists(st.sampled_from(EXTREMES) | st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=12))
def test_increments_are_finite_whatever_the_values(amounts: list[float]) -> None:
    life = Life()
    for amount in amounts:
        life.sell(amount)
        assert all(map(math.isfinite, life.push().values()))
