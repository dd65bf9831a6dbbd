"""`mappings/aws-sample.yaml`, held against the same metrics written by hand with prometheus_client."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import CollectorRegistry, Counter, Summary, generate_latest

import telemap
from telemap.event_types import EVENT_TYPES

if TYPE_CHECKING:
    from servers.promtool import Promtool

RECORDINGS = sorted((Path(__file__).parents[3] / "events").glob("*.json"))
REPORTED = ("durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs")
INSTANCE = "i-1"
FUNCTION = "orders-api"


def by_hand(events: list[dict[str, Any]]) -> str:
    """Count and measure as AWS's sample does."""
    registry = CollectorRegistry()
    of_request = ["request_id", "instance", "function"]
    summaries = {name: Summary(name, "", of_request, registry=registry) for name in REPORTED}
    total = Counter("events_total", "", registry=registry)
    counters: dict[str, Counter] = {}
    for event in events:
        total.inc()
        if not event["type"].startswith("platform."):
            continue
        name = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", event["type"].replace(".", "_")) + "_total"
        if name not in counters:
            counters[name] = Counter(name, "", ["instance", "function"], registry=registry)
        counters[name].labels(INSTANCE, FUNCTION).inc()
        if event["type"] == "platform.report":
            for field, value in event["record"]["metrics"].items():
                if field in summaries:
                    summaries[field].labels(event["record"]["requestId"], INSTANCE, FUNCTION).observe(value)
    return generate_latest(registry).decode()


def sample_lines(exposition: str) -> list[str]:
    """Return the sample lines, sorted, without those that tell when a series was made."""
    return sorted(line for line in exposition.splitlines() if not line.startswith("#") and "_created" not in line)


def apply(events: list[Any]) -> telemap.Store:
    plan = telemap.compile(telemap.load("telemap:aws-sample"))
    store = telemap.Store(plan, env={"AWS_LAMBDA_FUNCTION_NAME": FUNCTION}, instance=INSTANCE)
    return telemap.apply(plan, events, store)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_the_series_are_those_of_awss_sample(recording: Path) -> None:
    events = json.loads(recording.read_text())
    assert sample_lines(telemap.render(apply(events))) == sample_lines(by_hand(events))


def test_there_is_a_counter_for_each_platform_event_type() -> None:
    platform = {event_type for event_type in EVENT_TYPES if event_type.startswith("platform.")}
    store = apply([{"type": event_type} for event_type in platform])
    counters = [series for series in store.families if series.shape.name.startswith("platform_")]
    assert len(counters) == len(platform)
    assert all(list(series.cells.values()) == [[1.0]] for series in counters)


def test_requests_beyond_the_hundredth_share_a_series() -> None:
    reports = [
        {"type": "platform.report", "record": {"requestId": f"r{number}", "metrics": {"durationMs": 2}}}
        for number in range(130)
    ]
    lines = telemap.render(apply(reports)).splitlines()
    labels = f'{{function="{FUNCTION}",instance="{INSTANCE}",request_id="__overflow__"}}'
    assert f"durationMs_count{labels} 30.0" in lines
    assert f"durationMs_sum{labels} 60.0" in lines
    assert len([line for line in lines if line.startswith("durationMs_count")]) == 101


def test_promtool_minds_nothing_but_the_old_names(promtool: Promtool) -> None:
    events = json.loads((RECORDINGS[0].parent / "cold_start_on_demand.json").read_text())
    said = promtool.check_metrics(telemap.render(apply(events))).splitlines()
    assert said == [
        f"{name} metric names should be written in 'snake_case' not 'camelCase'" for name in sorted(REPORTED)
    ]
