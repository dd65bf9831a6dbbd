"""Cells that generated code remembers are those that it would find."""

from __future__ import annotations

from typing import Any

import pytest
from examples import examples
from hypothesis import given
from strategies import batches, mappings

import telemap
from telemap.store.cell_cache import KnownCells

BY_LABEL = """
version: 1
metrics:
  orders:
    {type: gauge, help: Orders., from: function, op: inc, value: 1, labels: {shop: {path: $.record, default: none}}}
"""
EQUAL = ("1", 1, True, 1.0)
EXPIRING = BY_LABEL.replace("op: inc", "expire: 10s, op: inc")


def orders(*records: Any) -> list[Any]:
    return [{"type": "function", "record": record} for record in records]


def store_of(mapping: str, **options: Any) -> telemap.Store:
    return telemap.Store(telemap.compile(telemap.loads(mapping)), env={}, instance="i", **options)


def state(store: telemap.Store) -> list[Any]:
    return [(series.cells, series.skipped, series.overflowed) for series in store.families]


@examples(0.6)
@given(mappings(), batches)
def test_to_remember_cells_changes_nothing(mapping: str, events: list[Any]) -> None:
    plan = telemap.compile(telemap.loads(mapping))
    remembering, forgetting = (telemap.Store(plan, env={}, instance="i", now=lambda: 0.0) for _ in range(2))
    for event in events * 3:
        telemap.apply(plan, [event], remembering)
        telemap.apply(plan, [event], forgetting)
        for series in forgetting.families:
            series.known.forget()
    assert state(remembering) == state(forgetting)
    assert remembering.counts == forgetting.counts


def test_values_that_python_takes_for_equal_are_different_labels() -> None:
    store = store_of(BY_LABEL)
    for _ in range(2):
        telemap.apply(store.plan, orders(*EQUAL, "true", None, "none", 1.5, 200, 200.0, "200"), store)
    cells = store.families[0].cells
    assert cells == {("1",): [6.0], ("true",): [4.0], ("none",): [4.0], ("1.5",): [2.0], ("200",): [6.0]}


def test_objects_and_arrays_are_always_invalid() -> None:
    store = store_of(BY_LABEL)
    for _ in range(2):
        telemap.apply(store.plan, orders({"a": 1}, ["a"], "a"), store)
    assert store.families[0].cells == {("a",): [2.0]}
    assert store.families[0].skipped["label"] == 4


def test_texts_outside_a_list_are_counted_together() -> None:
    store = store_of(BY_LABEL.replace("default: none", "allow: [shop 1]"))
    telemap.apply(store.plan, orders(*(f"shop {number}" for number in range(5_000))), store)
    [series] = store.families
    assert series.cells == {("shop 1",): [1.0], ("other",): [4_999.0]}


def test_number_of_remembered_texts_is_limited() -> None:
    cells: dict[tuple[str, ...], list[float]] = {("other",): [0.0]}
    known, find = KnownCells(cells, lambda *_: cells["other",]).by_labels((0,))
    for number in range(5_000):
        assert find(f"shop {number}", ("other",)) is cells["other",]
    assert 0 < len(known) <= 1024 + len(cells)


def test_expired_series_starts_again() -> None:
    clock = [0.0]
    store = store_of(EXPIRING, now=lambda: clock[0])
    telemap.apply(store.plan, orders("a", "a"), store)
    clock[0] = 20.0
    telemap.apply(store.plan, orders("a"), store)
    assert store.families[0].cells == {("a",): [1.0, 20.0]}


@pytest.mark.parametrize("labels", [", labels: {shop: $.record}", ""])
def test_restarted_store_counts_in_new_series(labels: str) -> None:
    store = store_of(f"version: 1\nmetrics: {{orders_total: {{type: counter, help: O., from: function{labels}}}}}\n")
    telemap.apply(store.plan, orders("a"), store)
    store.restart(store.snapshot(), "j")
    telemap.apply(store.plan, orders("a", "a"), store)
    assert list(store.families[0].cells.values()) == [[2.0]]


@pytest.mark.parametrize("overflow", ["fold", "drop"])
def test_each_sample_beyond_the_limit_is_counted(overflow: str) -> None:
    store = store_of(BY_LABEL.replace("op: inc", f"overflow: {overflow}, series_limit: 1, op: inc"))
    telemap.apply(store.plan, orders("a", *["b"] * 5, "a"), store)
    [series] = store.families
    assert series.cells["a",] == [2.0]
    assert series.overflowed == 5
