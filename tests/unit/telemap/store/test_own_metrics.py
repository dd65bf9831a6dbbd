"""The families that telemap adds about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

import telemap
from telemap.store.own_metrics import OwnMetrics

if TYPE_CHECKING:
    from servers.promtool import Promtool

MAPPING = """
version: 1
metrics:
  load: {type: gauge, help: Load., from: function, value: $.record.v, labels: {shop: $.record.shop}, series_limit: 1}
"""
EVENTS = [
    {"type": "function", "record": {"v": 1, "shop": "a"}},
    {"type": "function", "record": {"v": 1, "shop": "b"}},
    {"type": "function", "record": {"v": "text"}},
    {"type": "function", "record": {}},
    {"type": "platform.start"},
    {"type": "platform.fault"},
    None,
]


@pytest.fixture
def store() -> telemap.Store:
    plan = telemap.compile(telemap.loads(MAPPING, "shop.yaml"))
    return telemap.Store(plan, env={}, own=OwnMetrics(plan, version="1.2.3", fallback=True))


def samples(store: telemap.Store) -> dict[str, str]:
    lines = telemap.render(store).splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("telemap_"))
    return {name: value for name, value in pairs if not name.startswith("telemap_mapping_info")}


def test_at_the_start_only_what_has_no_labels_is_shown(store: telemap.Store) -> None:
    assert samples(store) == {"telemap_events_unmatched_total": "0.0", "telemap_mapping_fallback": "1.0"}


def test_events_samples_and_series_are_counted(store: telemap.Store) -> None:
    telemap.apply(store.plan, EVENTS, store)
    assert samples(store) == {
        'telemap_events_total{type="function"}': "4.0",
        'telemap_events_total{type="platform.start"}': "1.0",
        'telemap_events_total{type="other"}': "1.0",
        "telemap_events_unmatched_total": "2.0",
        'telemap_events_dropped_total{reason="malformed"}': "1.0",
        'telemap_samples_skipped_total{metric="load",reason="missing"}': "1.0",
        'telemap_samples_skipped_total{metric="load",reason="not_a_number"}': "1.0",
        'telemap_series{metric="load"}': "1.0",
        'telemap_series_overflow_total{metric="load"}': "1.0",
        "telemap_mapping_fallback": "1.0",
    }


def test_pushes_are_counted(store: telemap.Store) -> None:
    assert store.own is not None
    store.own.count_push("success", 0.25, 200)
    store.own.set_last_success(1_700_000_000.0)
    store.own.count_push("failure", 0.5, 429)
    shown = samples(store)
    assert shown['telemap_pushes_total{outcome="success"}'] == "1.0"
    assert shown['telemap_pushes_total{outcome="failure"}'] == "1.0"
    assert shown["telemap_push_duration_seconds_count"] == "2.0"
    assert shown["telemap_push_duration_seconds_sum"] == "0.75"
    assert shown["telemap_last_push_success_timestamp_seconds"] == "1.7e+09"


def test_the_mapping_in_use_is_named(store: telemap.Store) -> None:
    sha256 = store.plan.sha256
    assert f'telemap_mapping_info{{sha256="{sha256}",source="shop.yaml",version="1.2.3"}} 1.0' in telemap.render(store)


def test_prometheus_client_and_promtool_agree(store: telemap.Store, promtool: Promtool) -> None:
    telemap.apply(store.plan, EVENTS, store)
    registry: Any = CollectorRegistry()
    registry.register(store)
    exposition = telemap.render(store)
    assert generate_latest(registry).decode() == exposition
    assert promtool.check_metrics(exposition) == ""
