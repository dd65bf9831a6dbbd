"""Gauges that forget series, by a clock that the test turns."""

from __future__ import annotations

from typing import Any

import pytest

import telemap

MAPPING = """
version: 1
defaults: {expire: 10m}
metrics:
  load: {type: gauge, help: Load., from: function, value: $.record.v, labels: {shop: $.record.shop}, series_limit: 2}
  stock:
    type: gauge
    help: Stock.
    from: function
    op: add
    value: $.record.v
    labels: {shop: $.record.shop}
    series_limit: 2
  least: {type: gauge, help: Least., from: function, op: min, value: $.record.v, expire: 30s}
  orders_total: {type: counter, help: Orders., from: function, labels: {shop: $.record.shop}}
"""


class Clock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> telemap.Store:
    return telemap.Store(telemap.compile(telemap.loads(MAPPING)), env={}, now=clock)


def sold(shop: str, value: int) -> dict[str, Any]:
    return {"type": "function", "record": {"shop": shop, "v": value}}


def shown(store: telemap.Store, family: str) -> dict[str, str]:
    lines = [line.rsplit(" ", 1) for line in telemap.render(store).splitlines() if line.startswith(family)]
    return {name.removeprefix(family): value for name, value in lines}


def test_a_series_without_samples_is_forgotten_and_others_stay(store: telemap.Store, clock: Clock) -> None:
    telemap.apply(store.plan, [sold("a", 1), sold("b", 2)], store)
    clock.now += 599
    telemap.apply(store.plan, [sold("a", 3)], store)
    assert shown(store, "load") == {'{shop="a"}': "3.0", '{shop="b"}': "2.0"}
    clock.now += 1
    assert shown(store, "load") == {'{shop="a"}': "3.0"}
    clock.now += 599
    assert shown(store, "load") == {}
    assert shown(store, "orders_total") == {'{shop="a"}': "2.0", '{shop="b"}': "1.0"}


def test_a_series_that_was_forgotten_begins_anew_whether_or_not_anyone_looked(
    store: telemap.Store, clock: Clock
) -> None:
    telemap.apply(store.plan, [sold("a", 5)], store)
    clock.now += 600
    telemap.apply(store.plan, [sold("a", 7)], store)
    assert shown(store, "stock") == {'{shop="a"}': "7.0"}
    assert shown(store, "least") == {"": "7.0"}


def test_what_is_forgotten_makes_room(store: telemap.Store, clock: Clock) -> None:
    telemap.apply(store.plan, [sold("a", 1), sold("b", 1), sold("c", 1), sold("d", 1)], store)
    assert shown(store, "stock") == {'{shop="__overflow__"}': "2.0", '{shop="a"}': "1.0", '{shop="b"}': "1.0"}
    clock.now += 300
    telemap.apply(store.plan, [sold("a", 1)], store)
    clock.now += 300
    telemap.apply(store.plan, [sold("c", 1), sold("d", 1)], store)
    assert shown(store, "stock") == {'{shop="__overflow__"}': "1.0", '{shop="a"}': "2.0", '{shop="c"}': "1.0"}
    assert shown(store, "load") == {'{shop="a"}': "1.0", '{shop="c"}': "1.0"}


def test_a_process_gets_back_what_was_forgotten(clock: Clock) -> None:
    text = MAPPING.replace("expire: 10m", "expire: 10m, series_limit_total: 3")
    store = telemap.Store(telemap.compile(telemap.loads(text)), env={}, now=clock)
    for shop in "abcdef":
        telemap.apply(store.plan, [{"type": "function", "record": {"shop": shop, "v": 1}}], store)
        clock.now += 600
    assert len(shown(store, "orders_total")) <= 3
    telemap.apply(store.plan, [sold("z", 1)], store)
    assert shown(store, "load") == {'{shop="z"}': "1.0"}
