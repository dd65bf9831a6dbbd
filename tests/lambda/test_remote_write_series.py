"""A real Prometheus has by remote write what the text exposition shows: every shipped mapping, over every recording."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from patience import PATIENCE_SECONDS
from prometheus_client.parser import text_string_to_metric_families
from servers.available import available
from servers.prometheus import Prometheus

import telemap
from telemap.push import Gateway
from telemap.remote_write import Feed, Protobuf
from telemap.store.own_metrics import OwnMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = Path(__file__).parents[1] / "events"
RECORDINGS = sorted(EVENTS.glob("*.json"))
MAPPINGS = ["telemap:default", "telemap:platform", "telemap:logs", "telemap:emf", "telemap:aws-sample"]

Samples = dict[frozenset[tuple[str, str]], float]


@pytest.fixture(scope="module")
def prometheus(_integration: None) -> Iterator[Prometheus]:
    with available(Prometheus) as server:
        yield server


def exposed(store: telemap.Store, instance: str) -> Samples:
    """Return what the text shows, with the labels that a process adds, and without those that are empty."""
    found: Samples = {}
    for family in text_string_to_metric_families(telemap.render(store)):
        for sample in family.samples:
            labels = {**sample.labels, "job": "orders", "instance": instance, "__name__": sample.name}
            found[frozenset((name, text) for name, text in labels.items() if text)] = sample.value
    return found


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_prometheus_has_the_series_of_the_exposition(prometheus: Prometheus, mapping: str) -> None:
    plan = telemap.compile(telemap.load(mapping))
    expected: Samples = {}
    began = time.time() - 60
    with Gateway(prometheus.write_url, {}, timeout=PATIENCE_SECONDS) as gateway:
        for recording in RECORDINGS:
            instance = f"{mapping}-{recording.stem}"
            store = telemap.Store(plan, env={}, instance=instance, own=OwnMetrics(plan, version="test"))
            events: list[Any] = json.loads(recording.read_text(encoding="utf-8"))
            feed = Feed(store, Protobuf(), {"job": "orders", "instance": instance}, steps=3)
            half = len(events) // 2
            for number, batch in enumerate((events[:half], events[half:])):
                telemap.apply(plan, batch, store)
                for request in feed.build(began + number):
                    gateway.write(request.body)
                    feed.settle(request)
            expected |= exposed(store, instance)
    found = prometheus.api.query(f'last_over_time({{instance=~"{mapping}-.+"}}[5m])')
    stored = {frozenset(labels.items()): value for labels, value in found}

    assert len(expected) > 10 * len(RECORDINGS)
    assert stored.keys() == expected.keys()
    assert {labels for labels, value in stored.items() if value != expected[labels]} == set()
