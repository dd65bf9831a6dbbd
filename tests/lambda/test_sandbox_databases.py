"""`telemap sandbox` plays databases that receive remote write, and works with real ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from servers.available import available
from servers.prometheus import Prometheus
from servers.victoriametrics import VictoriaMetrics

from telemap.cli import main
from telemap_lambda.sandbox.target import RECEIVERS

INVOCATIONS = 12
OPTIONS = ["--format", "json", "--invocations", str(INVOCATIONS), "--bound-ms", "60000", "--grace-ms", "60000"]
STORES_ALL = ["write", "write-rolls-back", "write-keeps-good", "write-429", "write-partial"]


def play(capsys: pytest.CaptureFixture[str], gateway: str) -> dict[str, Any]:
    options = ["--gateway", gateway, "--env", "TELEMAP_PUSH_INTERVAL_MS=0", "--env", "TELEMAP_STEPS=2"]
    main(["sandbox", *OPTIONS, *options, "telemap:default"])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


@pytest.mark.integration
@pytest.mark.parametrize("gateway", STORES_ALL)
def test_a_database_that_stores_has_all_in_the_end(capsys: pytest.CaptureFixture[str], gateway: str) -> None:
    report = play(capsys, gateway)
    assert sum(report["on_gateway"]["by_status"].values()) == INVOCATIONS


@pytest.mark.integration
@pytest.mark.parametrize("gateway", sorted(RECEIVERS.keys() - {*STORES_ALL}))
def test_a_database_that_does_not_keeps_nobody_waiting(capsys: pytest.CaptureFixture[str], gateway: str) -> None:
    report = play(capsys, gateway)
    assert report["on_gateway"] is None
    assert report["faults"] == []


@pytest.mark.integration
@pytest.mark.parametrize("make", [Prometheus, VictoriaMetrics])
def test_a_real_database_has_all_in_the_end(capsys: pytest.CaptureFixture[str], make: type[Any]) -> None:
    with available(make) as server:
        report = play(capsys, server.write_url)
        server.flush()
        assert report["gateway"].endswith(server.write_url)
        [count] = server.api.query("sum(max_over_time(aws_lambda_duration_seconds_count[1h]))")
    assert count.value == INVOCATIONS
