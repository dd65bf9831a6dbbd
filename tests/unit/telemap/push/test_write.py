"""Samples on their way into a database: remote write, by the end of the URL's path."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest
from extension.raw_server import FINE, raw_server
from extension.recording_server import RecordingServer
from patience import PATIENCE_SECONDS

from telemap.errors import PushError
from telemap.push import Gateway, api_of
from telemap.push.address import REMOTE_WRITE, WRITE_PATHS
from telemap.version import VERSION
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    GatewayAt = Callable[..., Gateway]

BODY = b"\x03\x08\x00\xff\n"


@pytest.mark.parametrize(
    "path", [*WRITE_PATHS, "/workspaces/ws-1/api/v1/remote_write", "/insert/0/prometheus/api/v1/write/"]
)
def test_remote_write_is_known_by_its_path(path: str) -> None:
    assert api_of(f"https://database.example{path}") is REMOTE_WRITE


@pytest.mark.parametrize("path", ["", "/api/v1", "/api/v1/writer", "/write", "/api/v1/write/x"])
def test_other_paths_are_not(path: str) -> None:
    assert api_of(f"https://database.example{path}") is not REMOTE_WRITE


def test_a_write_is_a_post_with_the_headers_of_the_protocol(gateway_at: GatewayAt) -> None:
    with RecordingServer(lambda _: Answer(204)) as server:
        gateway = gateway_at(f"{server.url}/tenant/api/v1/push", headers={"X-Scope-OrgID": "team-a"})
        assert gateway.write(BODY) == 204

    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("POST", "/tenant/api/v1/push", BODY)
    expected = {
        "Content-Type": "application/x-protobuf",
        "Content-Encoding": "snappy",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
        "User-Agent": f"telemap/{VERSION}",
        "X-Scope-OrgID": "team-a",
    }
    assert {name: request.headers[name] for name in expected} == expected


@pytest.mark.integration
@pytest.mark.parametrize(("path", "sent"), [("/somewhere", "/somewhere"), ("", "/"), ("/", "/")])
def test_any_path_can_be_written_to(path: str, sent: str) -> None:
    with (
        RecordingServer(lambda _: Answer(200)) as server,
        Gateway(f"{server.url}{path}", {}, api=REMOTE_WRITE, timeout=PATIENCE_SECONDS) as gateway,
    ):
        gateway.write(BODY)

    assert server.requests[0].path == sent


def test_an_error_has_the_time_to_ask_again(gateway_at: GatewayAt) -> None:
    answer = Answer(429, b"slow down", {"Retry-After": "7"})
    with RecordingServer(lambda _: answer) as server, pytest.raises(PushError, match="429: slow down") as caught:
        gateway_at(f"{server.url}/api/v1/write").write(BODY)

    assert (caught.value.retry_after, caught.value.repeated) == (7, False)


def test_an_answer_to_a_repeat_is_distinguished(gateway_at: GatewayAt) -> None:
    refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    with raw_server([FINE, b""], [refusal]) as (url, seen):  # the second request is taken, and not answered
        gateway = gateway_at(f"{url}/api/v1/write")
        gateway.write(BODY)
        with pytest.raises(PushError) as caught:
            gateway.write(BODY)

    assert len(seen) == 3
    assert (caught.value.status, caught.value.repeated, caught.value.sent) == (400, True, True)


def test_a_repeat_that_fails_to_connect_may_have_arrived_before(gateway_at: GatewayAt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(FINE)
                connection.recv(65536)
                server.close()

        thread = threading.Thread(target=serve)
        thread.start()
        gateway = gateway_at(f"http://127.0.0.1:{server.getsockname()[1]}/api/v1/write")
        gateway.write(BODY)
        with pytest.raises(PushError, match="refused") as caught:
            gateway.write(BODY)
        thread.join()

    assert (caught.value.status, caught.value.sent) == (0, True)


class CountingSigner:
    """Signs what it is given with its length."""

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset({"key-of-ours"})

    @property
    def signature(self) -> str:
        return "signed-5"

    def sign(self, method: str, authority: str, target: str, body: bytes) -> Mapping[str, str]:
        return {"Authorization": f"signed-{len(body)}", "X-Signed": f"{method} {authority} {target}"}


def test_a_signer_signs_what_is_sent_and_nothing_of_it_is_shown(gateway_at: GatewayAt) -> None:
    answer = Answer(403, b"who is signed-5 with key-of-ours?")
    with RecordingServer(lambda _: answer) as server:
        gateway = gateway_at(f"{server.url}/api/v1/write")
        gateway.credentials = CountingSigner()
        with pytest.raises(PushError) as caught:
            gateway.write(BODY)

    (request,) = server.requests
    assert request.headers["Authorization"] == "signed-5"
    assert request.headers["X-Signed"] == f"POST {server.address} /api/v1/write"
    assert str(caught.value) == "the gateway answered 403: who is *** with ***?"
