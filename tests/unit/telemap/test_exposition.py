from __future__ import annotations

from typing import Any

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from strategies import batches, mappings

import telemap
from telemap.exposition import Renderer

INSTANCE = 'i-1 "\\'


@given(mappings(), batches)
def test_render_writes_what_prometheus_client_writes(mapping: str, events: list[Any]) -> None:
    store = _apply(mapping, [events])
    registry = CollectorRegistry()
    registry.register(store)
    assert telemap.render(store) == generate_latest(registry).decode()


@given(mappings(), batches)
def test_the_exposition_can_be_parsed(mapping: str, events: list[Any]) -> None:
    store = _apply(mapping, [events])
    read = [sample for family in text_string_to_metric_families(telemap.render(store)) for sample in family.samples]
    assert read == [sample for family in store.collect() for sample in family.samples]


@given(mappings(), batches, st.integers(1, 5))
def test_events_count_the_same_however_they_are_batched(mapping: str, events: list[Any], size: int) -> None:
    whole = _apply(mapping, [events])
    parts = _apply(mapping, [events[start : start + size] for start in range(0, len(events), size)])
    for one, other in zip(whole.families, parts.families, strict=True):
        assert list(one.cells) == list(other.cells)
        assert (one.skipped, one.overflowed) == (other.skipped, other.overflowed)
        for key, cell in one.cells.items():
            assert cell == pytest.approx(other.cells[key], rel=1e-9)
    assert (whole.counts.events, whole.counts.unmatched) == (parts.counts.events, parts.counts.unmatched)


@examples(0.3)
@given(mappings(), st.lists(batches, max_size=4))
def test_a_renderer_that_is_kept_writes_what_a_new_one_writes(mapping: str, posts: list[list[Any]]) -> None:
    plan = telemap.compile(telemap.loads(mapping))
    store = telemap.Store(plan, env={}, instance=INSTANCE)
    kept = Renderer(store)
    for post in posts:
        telemap.apply(plan, post, store)
        assert kept.render() == telemap.render(store)


def test_the_instance_may_change_between_two_renderings() -> None:
    store = _apply(
        """
version: 1
metrics:
  up: {type: gauge, help: Up., from: x, value: 1, labels: {id: "a-${runtime:instance}"}}
""",
        [[{"type": "x"}]],
    )
    renderer = Renderer(store)
    store.instance = "first"
    assert 'up{id="a-first"} 1.0' in renderer.render()
    store.instance = "second"
    assert 'up{id="a-second"} 1.0' in renderer.render()


def test_a_label_that_the_grouping_key_has_is_left_out_where_it_is_the_instance() -> None:
    store = _apply(
        """
version: 1
metrics:
  up: {type: gauge, help: Up., from: x, value: 1, labels: {instance: "${runtime:instance}", zone: a}}
  other: {type: gauge, help: Its own., from: x, value: 1, labels: {instance: mine}}
""",
        [[{"type": "x"}]],
    )
    lines = Renderer(store, without=frozenset({"instance"})).render().splitlines()
    assert 'up{zone="a"} 1.0' in lines
    assert 'other{instance="mine"} 1.0' in lines


def _apply(mapping: str, posts: list[list[Any]]) -> telemap.Store:
    plan = telemap.compile(telemap.loads(mapping))
    store = telemap.Store(plan, env={}, instance=INSTANCE)
    for post in posts:
        telemap.apply(plan, post, store)
    return store
