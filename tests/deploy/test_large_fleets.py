"""The page's way for large fleets: vmagent adds processes up, and counts exactly."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from patience import PATIENCE_SECONDS, await_until
from servers.available import available
from servers.victoriametrics import VictoriaMetrics
from servers.vmagent import Vmagent

import telemap
from telemap.push import Gateway
from telemap.remote_write import Feed, Protobuf

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs/how-to/where-to-send-metrics.md").read_text(encoding="utf-8")
[AGGREGATION] = re.findall(r'```yaml title="aggregate.yaml"\n(.*?)```', PAGE, re.DOTALL)
[QUERY] = re.findall(r"<!-- aggregated -->\n```promql\n(.*?)```", PAGE, re.DOTALL)
MAPPING = """
version: 1
metrics:
  aws_lambda_invocations_total:
    {type: counter, help: Invocations., from: function, labels: {status: {const: success}}}
"""
INTERVAL_SECONDS = 1
IDLE_SECONDS = 4 * INTERVAL_SECONDS
"""So long that vmagent forgets a series, which it does after twice its interval."""


@pytest.fixture
def database(_integration: None) -> Iterator[VictoriaMetrics]:
    with available(lambda: VictoriaMetrics(unstable=True)) as server:
        yield server


class Process:
    """A process with one counter."""

    def __init__(self, number: int, gateway: Gateway) -> None:
        self._plan = telemap.compile(telemap.loads(MAPPING))
        self._store = telemap.Store(self._plan, env={}, instance=str(number))
        self._feed = Feed(self._store, Protobuf(), {"job": "orders", "instance": str(number)}, steps=10)
        self._gateway = gateway

    def count(self, number: int) -> None:
        telemap.apply(self._plan, [{"type": "function", "record": ""}] * number, self._store)
        for request in self._feed.build(time.time()):
            self._gateway.write(request.body)
            self._feed.settle(request)


@pytest.mark.integration
def test_vmagent_takes_the_configuration_as_it_stands_on_the_page() -> None:
    assert available(lambda: Vmagent(AGGREGATION, "http://127.0.0.1:1/api/v1/write")).check() == ""


def test_processes_are_added_up_exactly_though_they_lie_idle(database: VictoriaMetrics) -> None:
    assert "interval: 1m" in AGGREGATION
    aggregation = AGGREGATION.replace("interval: 1m", f"interval: {INTERVAL_SECONDS}s")
    query = QUERY.replace(":1m_", f":{INTERVAL_SECONDS}s_")
    vmagent = available(lambda: Vmagent(aggregation, database.write_url))
    with vmagent, Gateway(vmagent.write_url, {}, timeout=PATIENCE_SECONDS) as gateway:
        processes = [Process(number, gateway) for number in range(3)]
        processes[0].count(3)
        processes[1].count(2)
        time.sleep(IDLE_SECONDS)
        processes[0].count(1)
        processes[2].count(4)
        time.sleep(IDLE_SECONDS)
        processes[1].count(5)

        def counted() -> list[float]:
            database.flush()
            return [sample.value for sample in database.api.query(query)]

        await_until(lambda: counted() == [15])
        time.sleep(2 * INTERVAL_SECONDS)
        assert counted() == [15]
        names = {sample.labels["__name__"] for sample in database.latest()}

    assert "aws_lambda_invocations_total" not in names, "only what is added up is stored"
