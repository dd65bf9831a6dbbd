"""A function in AWS's runtime, with the extension, in AWS's emulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from extension.expositions import samples, value
from servers.available import available
from servers.emulator import Emulator

if TYPE_CHECKING:
    from servers.emulator import EmulatorRun

FUNCTION = Path(__file__).parent / "functions_for_tests" / "orders.py"
MAPPING = """
version: 1
include: [telemap:platform, telemap:logs]
metrics:
  parcels_total:
    type: counter
    help: Parcels of the orders that were taken.
    from: function
    parse: json
    when: [{path: $.record.event, equals: order_taken}]
    value: $.record.parcels
"""
FILES = {"app.py": FUNCTION.read_text(encoding="utf-8"), "mapping.yaml": MAPPING}
ORDERS: list[dict[str, Any]] = [
    {"order": 1},
    {"order": 2, "parcels": 3, "large": True},
    {"order": 3, "missing": "boxes"},
    {"order": 4, "parcels": 2},
]
GATEWAY_DOWN = {"GATEWAY": "http://127.0.0.1:1"}


@pytest.fixture(scope="module")
def on_demand() -> Emulator:
    """Return an on-demand function: text logs, real lifecycle, no telemetry."""
    return available(lambda: Emulator(awslambdaric=True))


@pytest.fixture(scope="module")
def managed() -> Emulator:
    """Return a managed instance: JSON logs, real telemetry."""
    return available(lambda: Emulator(managed=True, awslambdaric=True))


def orders(emulator: Emulator, extension_layer: Path, **environment: str) -> EmulatorRun:
    """Invoke the function with the orders."""
    settings = {"MAPPING_FILE": "mapping.yaml", **environment}
    return emulator.run(extension_layer, payloads=ORDERS, environment=settings, task_files=FILES)


def assert_all_were_answered(run: EmulatorRun) -> None:
    """Check that callers got the same answers as without an extension, and that the shutdown was clean."""
    assert run.exit_code == 0, run.log
    assert [answer.status for answer in run.invocations] == [200] * 4, run.log
    bodies = [json.loads(answer.body) for answer in run.invocations]
    assert [body.get("order") for body in bodies] == [1, 2, None, 4], run.log
    assert (bodies[2]["errorType"], bodies[2]["errorMessage"]) == ("OutOfStockError", "boxes")
    told = [line for line in run.log.splitlines() if '"logger":"telemap"' in line and '"level":"error"' in line]
    assert told == []


def test_real_telemetry_of_a_real_function_is_counted(managed: Emulator, extension_layer: Path) -> None:
    run = orders(managed, extension_layer)

    assert_all_were_answered(run)
    assert value(run.metrics, "telemap_mapping_fallback") == 0, run.log
    assert value(run.metrics, "aws_lambda_started_invocations_total") == 4
    assert value(run.metrics, "aws_lambda_invocations_total", status="success") == 3
    assert value(run.metrics, "aws_lambda_invocations_total", status="error") == 1
    assert value(run.metrics, "aws_lambda_duration_seconds_count") == 4
    assert value(run.metrics, "aws_lambda_events_total", type="platform.report") == 4
    assert value(run.metrics, "aws_lambda_cold_starts_total", initialization_type="lambda-managed-instances") == 1


def test_logs_and_uncaught_errors_of_a_real_function_are_counted(managed: Emulator, extension_layer: Path) -> None:
    shown = orders(managed, extension_layer).metrics
    levels = {
        dict(key[1])["level"]: count for key, count in samples(shown).items() if key[0].endswith("log_lines_total")
    }

    assert value(shown, "aws_lambda_uncaught_errors_total", error_type="OutOfStockError") == 1
    assert {level: count for level, count in levels.items() if count} == {
        "unknown": 4,  # a plain print has no level
        "info": 3,
        "warn": 1,
        "error": 1,
    }
    assert value(shown, "parcels_total") == 1 + 3 + 2
    assert value(shown, "aws_lambda_events_total", type="function") == 9


def test_several_workers_of_a_managed_instance_are_one_sandbox(managed: Emulator, extension_layer: Path) -> None:
    run = orders(managed, extension_layer, AWS_LAMBDA_MAX_CONCURRENCY="3")

    assert_all_were_answered(run)
    workers = {json.loads(answer.body).get("worker") for answer in run.invocations} - {None}
    assert len(workers) > 1
    assert value(run.metrics, "aws_lambda_duration_seconds_count") == 4
    assert value(run.metrics, "aws_lambda_uncaught_errors_total", error_type="OutOfStockError") == 1


def test_a_managed_instance_lives_without_its_gateway(managed: Emulator, extension_layer: Path) -> None:
    run = orders(managed, extension_layer, **GATEWAY_DOWN, TELEMAP_FLUSH_INTERVAL_MS="50")

    assert_all_were_answered(run)
    assert "a push failed" in run.log
    assert "the last push was not acknowledged" in run.log


@pytest.mark.parametrize(
    "environment",
    [{}, {"TELEMAP_FLUSH": "end"}, {"TELEMAP_PUSH_INTERVAL_MS": "0"}, GATEWAY_DOWN, {"AWS_LAMBDA_LOG_FORMAT": "JSON"}],
    ids=["default", "end", "each", "gateway-down", "json"],
)
def test_an_on_demand_function_is_not_affected(
    on_demand: Emulator, extension_layer: Path, environment: dict[str, str]
) -> None:
    run = orders(on_demand, extension_layer, **environment)

    assert_all_were_answered(run)
    assert "no Telemetry API (202)" in run.log
    if environment != GATEWAY_DOWN:
        assert value(run.metrics, "telemap_mapping_fallback") == 0, run.log
        assert 'job="emulated-function"' in run.metrics, run.log
