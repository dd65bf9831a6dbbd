"""The path of a group, as the Pushgateway reads it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import pytest
from extension.recording_server import RecordingServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from patience import PATIENCE_SECONDS, await_until
from prometheus_client import CollectorRegistry, Counter, push_to_gateway
from prometheus_client.parser import text_string_to_metric_families

from telemap.push import Gateway, grouping_path
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.pushgateway import Pushgateway

    GatewayAt = Callable[..., Gateway]

TEXT = "# TYPE parcels_total counter\nparcels_total 3\n"
VALUES = ["orders", "a/b", "", "two words", "ä€😀", "50%", "%2F", "a+b", "?x=1&y#z", "..", ".", "a//b", "=", "/", "\n"]


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


@pytest.mark.integration
@pytest.mark.parametrize("value", VALUES)
def test_a_path_says_what_prometheus_clients_own_says(value: str) -> None:
    registry = CollectorRegistry()
    Counter("parcels", "Parcels.", registry=registry).inc()
    with RecordingServer(lambda _: Answer(200)) as server:
        push_to_gateway(server.url, job=value, grouping_key={"instance": value}, registry=registry)
    (request,) = server.requests

    assert decoded(grouping_path({"job": value, "instance": value})) == decoded(request.path)


@pytest.mark.parametrize("prefix", ["", "/some/prefix", "/sömé prefix/%2f"])
@pytest.mark.parametrize("value", VALUES)
def test_what_arrives_is_the_path(gateway_at: GatewayAt, value: str, prefix: str) -> None:
    with RecordingServer(lambda _: Answer(200)) as server:
        gateway_at(server.url + prefix, {"job": value}).put(TEXT)
    (request,) = server.requests

    arrived = prefix.replace("ö", "%C3%B6").replace("é", "%C3%A9").replace(" ", "%20")
    assert request.path.startswith(f"{arrived}/metrics/job")
    assert decoded(request.path.removeprefix(arrived)) == [("job", value)]


def groups(gateway: Pushgateway) -> list[dict[str, str]]:
    """Return the grouping keys that a gateway shows."""
    found = text_string_to_metric_families(gateway.metrics())
    return [sample.labels for family in found for sample in family.samples if sample.name == "parcels_total"]


def test_the_real_pushgateway_shows_the_values_and_deletes_by_them(
    pushgateway: Pushgateway, gateway_at: GatewayAt
) -> None:
    keys = [{"job": value, "instance": value} for value in VALUES if value]  # it refuses an empty job
    keys.append({"job": "no instance", "instance": ""})
    gateway = gateway_at(pushgateway.url)
    for key in keys:
        gateway.regroup(key)
        gateway.put(TEXT)
    shown = groups(pushgateway)
    for key in keys:
        gateway.regroup(key)
        gateway.delete()

    by_job = sorted(keys, key=lambda key: key["job"])
    assert sorted(shown, key=lambda key: key["job"]) == by_job
    await_until(lambda: groups(pushgateway) == [])


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.text("/.%+ ?#=&~@\\\"'äé\x00", max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(job=TEXTS.filter(bool), value=TEXTS, other=TEXTS)
def test_the_real_pushgateway_shows_any_text(pushgateway: Pushgateway, job: str, value: str, other: str) -> None:
    key = {"job": job, "instance": value, "other": other}
    with Gateway(pushgateway.url, key, timeout=PATIENCE_SECONDS) as gateway:
        gateway.put(TEXT)
        shown = groups(pushgateway)
        gateway.delete()
        await_until(lambda: groups(pushgateway) == [])

    assert [{"other": "", **labels} for labels in shown] == [key]


def test_job_comes_first() -> None:
    assert grouping_path({"instance": "i", "job": "j"}) == "/metrics/job/j/instance/i"
