"""The extension in AWS's own emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from servers.emulator import Emulator

MAPPING = """
version: 1
metrics:
  parcels_total:
    type: counter
    help: Parcels that were sent.
    from: function
"""


def test_it_counts_real_telemetry_on_a_managed_instance(managed_emulator: Emulator, extension_layer: Path) -> None:
    run = managed_emulator.run(extension_layer, payloads=[{}, {"sleep_seconds": 0.1}, {}])

    assert run.exit_code == 0, run.log
    assert [one.status for one in run.invocations] == [200] * 3, run.log
    assert value(run.metrics, "aws_lambda_duration_seconds_count") == 3, run.log
    assert 0.1 < value(run.metrics, "aws_lambda_duration_seconds_sum") < PATIENCE_SECONDS
    assert value(run.metrics, "aws_lambda_events_total", type="platform.start") == 3
    assert 'job="emulated-function"' in run.metrics


def test_a_managed_instance_is_flushed_by_the_timer(managed_emulator: Emulator, extension_layer: Path) -> None:
    environment = {"TELEMAP_FLUSH_INTERVAL_MS": "50"}
    counted = r"(?m)^aws_lambda_duration_seconds_count\{.*\} 2$"
    run = managed_emulator.run(extension_layer, payloads=[{}, {}], environment=environment, awaited=counted)

    assert run.exit_code == 0, run.log
    assert value(run.metrics_before_shutdown, "aws_lambda_duration_seconds_count") == 2, run.log


def test_a_mapping_in_the_functions_package_is_found(managed_emulator: Emulator, extension_layer: Path) -> None:
    run = managed_emulator.run(
        extension_layer,
        payloads=[{"log": "parcel 1 sent"}, {"log": "parcel 2 sent"}],
        environment={"MAPPING_FILE": "mapping.yaml"},
        task_files={"mapping.yaml": MAPPING},
    )

    assert run.exit_code == 0, run.log
    assert value(run.metrics, "telemap_mapping_fallback") == 0, run.log
    assert value(run.metrics, "parcels_total") == 2, run.log


@pytest.mark.parametrize("environment", [{}, {"MAPPING_FILE": "/no/such.yaml"}, {"GATEWAY": "http://127.0.0.1:1"}])
def test_it_runs_on_demand_without_telemetry(
    emulator: Emulator, extension_layer: Path, environment: dict[str, str]
) -> None:
    run = emulator.run(extension_layer, payloads=[{"parcels": 1}, {"parcels": 2}], environment=environment)

    assert run.exit_code == 0, run.log
    assert [(one.status, one.body) for one in run.invocations] == [(200, '{"parcels": 1}'), (200, '{"parcels": 2}')]
    assert "no Telemetry API (202)" in run.log
    if "GATEWAY" not in environment:
        assert value(run.metrics, "telemap_mapping_fallback") == (1 if environment else 0), run.log
