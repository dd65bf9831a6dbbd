"""`mappings/default.yaml`, held against the same numbers worked out straight from the events."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from prometheus_client.parser import text_string_to_metric_families

from telemap.cli import main

if TYPE_CHECKING:
    from servers.promtool import Promtool

RECORDINGS = sorted((Path(__file__).parents[3] / "events").glob("*.json"))

MEBIBYTE = 1024 * 1024
REPORTED = {
    "aws_lambda_duration_seconds": ("durationMs", 1 / 1000),
    "aws_lambda_billed_duration_seconds": ("billedDurationMs", 1 / 1000),
    "aws_lambda_memory_size_bytes": ("memorySizeMB", MEBIBYTE),
    "aws_lambda_max_memory_used_bytes": ("maxMemoryUsedMB", MEBIBYTE),
    "aws_lambda_init_duration_seconds": ("initDurationMs", 1 / 1000),
}

Samples: TypeAlias = dict[tuple[str, tuple[tuple[str, str], ...]], float]
"""Values by the sample's name and its labels."""


def worked_out(events: list[dict[str, Any]]) -> Samples:
    """Return the samples of the default mapping, without telemap."""
    reports = [event["record"] for event in events if event["type"] == "platform.report"]
    samples: Samples = {}
    for event_type, count in Counter(event["type"] for event in events).items():
        samples["aws_lambda_events_total", (("type", event_type),)] = count
    for status, count in Counter(report.get("status", "unknown") for report in reports).items():
        samples["aws_lambda_invocations_total", (("status", status),)] = count
    for name, (field, factor) in REPORTED.items():
        values = [report["metrics"][field] * factor for report in reports if field in report["metrics"]]
        if values:
            samples[f"{name}_count", ()] = len(values)
            samples[f"{name}_sum", ()] = sum(values)
    memory = [report["metrics"]["maxMemoryUsedMB"] for report in reports if "maxMemoryUsedMB" in report["metrics"]]
    if memory:
        samples["aws_lambda_peak_memory_bytes", ()] = max(memory) * MEBIBYTE
    return samples


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_the_default_mapping_counts_what_the_events_say(
    recording: Path, capsys: pytest.CaptureFixture[str], promtool: Promtool
) -> None:
    assert main(["preview", "telemap:default", str(recording)]) == 0
    exposition, said = capsys.readouterr()
    read = {
        (sample.name, tuple(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }
    assert read == pytest.approx(worked_out(json.loads(recording.read_text())), rel=1e-9)
    assert said == ""
    assert promtool.check_metrics(exposition) == ""


def test_there_are_recordings_of_reports() -> None:
    reported = [path.stem for path in RECORDINGS if '"platform.report"' in path.read_text()]
    assert reported
