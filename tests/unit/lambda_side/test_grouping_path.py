"""The path of a group, as the Pushgateway reads it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import pytest
from prometheus_client import CollectorRegistry, Counter, push_to_gateway
from unit.lambda_side.recording_server import RecordingServer

from telemap.push import Gateway, grouping_path
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from servers.pushgateway import Pushgateway

TEXT = "# TYPE parcels_total counter\nparcels_total 3\n"
VALUES = ["orders", "a/b", "", "two words", "ä€😀", "50%", "a+b", "?x=1&y#z", "..", ".", "a//b", "=", "/"]


def decoded(path: str) -> list[tuple[str, str]]:
    """Read a group's path as the Pushgateway does."""
    words = path.removeprefix("/metrics/").split("/")
    pairs = []
    for name, value in zip(words[::2], words[1::2], strict=True):
        if name.endswith("@base64"):
            padded = value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4)
            pairs.append((name.removesuffix("@base64"), base64.urlsafe_b64decode(padded).decode()))
        else:
            pairs.append((name, unquote_plus(value)))
    return pairs


@pytest.mark.parametrize("value", VALUES)
def test_a_path_says_what_prometheus_clients_own_says(value: str) -> None:
    registry = CollectorRegistry()
    Counter("parcels", "Parcels.", registry=registry).inc()
    with RecordingServer(lambda _: Answer(200)) as server:
        push_to_gateway(server.url, job=value, grouping_key={"instance": value}, registry=registry)
    (request,) = server.requests

    assert decoded(grouping_path({"job": value, "instance": value})) == decoded(request.path)


@pytest.mark.parametrize("prefix", ["", "/some/prefix"])
@pytest.mark.parametrize("value", VALUES)
def test_what_arrives_is_the_path(value: str, prefix: str) -> None:
    with RecordingServer(lambda _: Answer(200)) as server:
        Gateway(server.url + prefix, {"job": value}, timeout=2).put(TEXT)
    (request,) = server.requests

    assert request.path.startswith(f"{prefix}/metrics/job")
    assert decoded(request.path.removeprefix(prefix)) == [("job", value)]


def test_the_real_pushgateway_shows_the_values(pushgateway: Pushgateway) -> None:
    for value in filter(None, VALUES):  # it refuses an empty job
        Gateway(pushgateway.url, {"job": value, "instance": value}, timeout=5).put(TEXT)
    Gateway(pushgateway.url, {"job": "no instance", "instance": ""}, timeout=5).put(TEXT)

    shown = pushgateway.metrics()
    for value in filter(None, VALUES):
        assert f'parcels_total{{instance="{value}",job="{value}"}} 3\n' in shown
    assert 'parcels_total{instance="",job="no instance"} 3\n' in shown


def test_job_comes_first() -> None:
    assert grouping_path({"instance": "i", "job": "j"}) == "/metrics/job/j/instance/i"
