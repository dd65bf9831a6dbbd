"""VictoriaMetrics' import: the grouping key in the query, no groups."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from extension.recording_server import RecordingServer
from hypothesis import given
from hypothesis import strategies as st
from servers.available import available
from servers.victoriametrics import VictoriaMetrics

from telemap.errors import PushError
from telemap.push import api_of
from telemap.push.address import import_query
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemap.push import Gateway

    GatewayAt = Callable[..., Gateway]

TEXT = "# TYPE parcels_total counter\nparcels_total 3\n"
IMPORT = "/api/v1/import/prometheus"
VALUES = ["a/b", "two words", "ä€😀", "50%", "%2F", "a+b", "?x=1&y#z", "..", "=", "a,b", '"', "\\"]


@pytest.mark.parametrize(
    ("url", "imports"),
    [
        (f"http://victoria:8428{IMPORT}", True),
        (f"http://victoria:8428{IMPORT}/", True),
        (f"http://vminsert:8480/insert/0/prometheus{IMPORT}", True),
        ("http://victoria:8428", False),
        ("http://pushgateway:9091/api/v1", False),
    ],
)
def test_an_import_is_known_by_its_path(url: str, *, imports: bool) -> None:
    assert api_of(url).has_groups is not imports


@pytest.mark.parametrize("method", ["put", "post"])
def test_the_grouping_key_is_in_the_query_of_a_post(gateway_at: GatewayAt, method: str) -> None:
    with RecordingServer(lambda _: Answer(204)) as server:
        assert getattr(gateway_at(server.url + IMPORT), method)(TEXT) == 204

    (request,) = server.requests
    assert (request.method, request.path) == ("POST", f"{IMPORT}?extra_label=job=orders&extra_label=instance=i-1")
    assert request.body.decode() == TEXT


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,5}", fullmatch=True), st.text()))
def test_the_query_says_what_the_key_says(grouping: dict[str, str]) -> None:
    found = parse_qs(urlsplit(f"http://victoria{IMPORT}{import_query(grouping)}").query, keep_blank_values=True)
    pairs = [text.partition("=") for text in found.get("extra_label", [])]

    assert {name: value for name, _, value in pairs} == grouping


def test_an_import_has_no_groups_to_delete(gateway_at: GatewayAt) -> None:
    with RecordingServer(lambda _: Answer(204)) as server, pytest.raises(PushError, match="no groups") as caught:
        gateway_at(server.url + IMPORT).delete()

    assert server.requests == []
    assert not caught.value.sent


@pytest.fixture
def victoria_metrics(_integration: None) -> Iterator[VictoriaMetrics]:
    with available(VictoriaMetrics) as server:
        yield server


def test_the_real_victoriametrics_takes_pushes_with_any_key(
    victoria_metrics: VictoriaMetrics, gateway_at: GatewayAt
) -> None:
    for number, value in enumerate(VALUES):
        grouping = {"job": "orders", "instance": str(number), "other": value}
        gateway = gateway_at(victoria_metrics.gateway_url, grouping, compress=bool(number % 2))
        assert [gateway.put(TEXT), gateway.post(TEXT)] == [204, 204]
    victoria_metrics.flush()

    found = gateway_at(victoria_metrics.api.url).get("/api/v1/series?match%5B%5D=parcels_total").decode()
    labels = sorted(json.loads(found)["data"], key=lambda series: int(series["instance"]))
    assert [(series["job"], series["other"]) for series in labels] == [("orders", value) for value in VALUES]
