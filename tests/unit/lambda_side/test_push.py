"""Pushing: one kept connection, and gateways that misbehave."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest
import requests
from unit.lambda_side.recording_server import RecordingServer

from telemap.errors import PushError
from telemap.push import Credentials, Gateway
from telemap_lambda.gateway import Behaviour
from telemap_lambda.gateway import Gateway as EmbeddedGateway
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.pushgateway import Pushgateway

TEXT = "# TYPE parcels_total counter\nparcels_total 3\n"
GROUPING = {"job": "orders", "instance": "i-1"}


@pytest.fixture
def embedded() -> Iterator[EmbeddedGateway]:
    with EmbeddedGateway() as gateway:
        yield gateway


def test_a_put_replaces_the_group(embedded: EmbeddedGateway) -> None:
    gateway = Gateway(embedded.url, GROUPING, timeout=2)
    gateway.put("letters_total 1\n")
    gateway.put(TEXT)

    assert 'parcels_total{instance="i-1",job="orders"} 3' in embedded.text()
    assert "letters_total" not in embedded.text()
    request = embedded.requests[-1]
    assert (request.method, request.text) == ("PUT", TEXT)
    assert request.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_pushes_share_a_connection() -> None:
    with RecordingServer(lambda _: Answer(200)) as server:
        gateway = Gateway(server.url, GROUPING, timeout=2)
        for _ in range(5):
            gateway.put(TEXT)
        gateway.close()

    assert len({request.connection for request in server.requests}) == 1


@pytest.mark.parametrize(
    ("behaviour", "status", "words"),
    [
        (Behaviour.STATUS_401, 401, "the gateway answered 401"),
        (Behaviour.STATUS_500, 500, "the gateway answered 500: status 500 by request"),
        (Behaviour.REDIRECT, 302, "redirects to gateway.invalid"),
        (Behaviour.RESET, 0, "the gateway cannot be reached"),
        (Behaviour.HANG, 0, "did not answer within 0.2 s"),
        (Behaviour.SLOW, 0, "did not answer within 0.2 s"),
    ],
)
def test_what_is_not_acknowledged_is_a_push_error(
    embedded: EmbeddedGateway, behaviour: Behaviour, status: int, words: str
) -> None:
    embedded.behaviour, embedded.delay_seconds = behaviour, 5.0
    with pytest.raises(PushError, match=words) as caught:
        Gateway(embedded.url, GROUPING, timeout=0.2).put(TEXT)

    assert caught.value.status == status
    assert len(embedded.requests) == 1


def test_a_gateway_that_is_down_is_a_push_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    gateway = Gateway(f"http://127.0.0.1:{port}", GROUPING, timeout=2)
    with pytest.raises(PushError, match=r"cannot be reached: .*refused") as caught:
        gateway.put(TEXT)

    assert caught.value.status == 0


def test_a_slow_gateway_is_waited_for(embedded: EmbeddedGateway) -> None:
    embedded.behaviour, embedded.delay_seconds = Behaviour.SLOW, 0.1
    Gateway(embedded.url, GROUPING, timeout=5).put(TEXT)

    assert len(embedded.groups) == 1


def test_an_inconsistent_push_is_told_in_the_gateways_words(pushgateway: Pushgateway) -> None:
    Gateway(pushgateway.url, {"job": "a"}, timeout=5).put(TEXT)
    with pytest.raises(PushError, match=r"answered 400: .*parcels_total") as caught:
        Gateway(pushgateway.url, {"job": "b"}, timeout=5).put(TEXT.replace("counter", "gauge"))

    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://user:s3same@login.example/s3same?token=s3same", "login.example"),
        ("/s3same", "another path"),
        ("http://[s3same", "another path"),
        ("http://s3same:port/", "s3same"),
        ("", None),
    ],
)
def test_of_a_redirection_only_the_host_is_told(location: str, named: str | None) -> None:
    redirection = Answer(307, headers={"Location": location})
    with RecordingServer(lambda _: redirection) as server, pytest.raises(PushError) as caught:
        Gateway(server.url, GROUPING, timeout=2).put(TEXT)

    assert caught.value.status == 307
    assert named is None or f"redirects to {named}, " in str(caught.value)
    assert "token" not in str(caught.value)
    assert len(server.requests) == 1


@contextlib.contextmanager
def raw_server(*connections: tuple[bytes, ...]) -> Iterator[tuple[str, list[bytes]]]:
    """Serve connections one after the other: on each, answer each request with fixed bytes, then close it."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve() -> None:
            for answers in connections:
                connection, _ = server.accept()
                connection.settimeout(10)
                with connection:
                    for answer in answers:
                        seen.append(_request(connection))
                        connection.sendall(answer)
                    with contextlib.suppress(OSError):  # the client may have gone first
                        connection.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", seen
        finally:
            thread.join()


def _request(connection: socket.socket) -> bytes:
    message = b""
    while not message.endswith(TEXT.encode()) and (chunk := connection.recv(65536)):
        message += chunk
    return message


FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def test_a_kept_connection_that_died_is_replaced_at_once() -> None:
    with raw_server((FINE, b""), (FINE,)) as (url, seen):  # answered; taken and dropped without an answer; answered
        gateway = Gateway(url, GROUPING, timeout=5)
        gateway.put(TEXT)
        gateway.put(TEXT)

    assert len(seen) == 3


def test_a_first_connection_that_dies_is_not_replaced() -> None:
    with raw_server((b"",)) as (url, seen), pytest.raises(PushError, match="cannot be reached"):
        Gateway(url, GROUPING, timeout=5).put(TEXT)

    assert len(seen) == 1


def test_the_replacement_is_tried_once() -> None:
    with raw_server((FINE, b""), (b"",)) as (url, seen):
        gateway = Gateway(url, GROUPING, timeout=5)
        gateway.put(TEXT)
        with pytest.raises(PushError, match="cannot be reached"):
            gateway.put(TEXT)

    assert len(seen) == 3


@pytest.mark.parametrize(
    "answer",
    [
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://a/\r\nContent-Length: 9\r\nContent-Encoding: gzip\r\n\r\nabcdefghi",
        b"",
    ],
)
def test_a_lying_gateway_raises_nothing_but_push_errors(answer: bytes) -> None:
    with raw_server((answer,)) as (url, _), contextlib.suppress(PushError):
        Gateway(url, GROUPING, timeout=2).put(TEXT)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    endless = b"HTTP/1.1 500 No\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 100_000
    with raw_server((endless,)) as (url, _), pytest.raises(PushError, match=r"answered 500: x+$") as caught:
        Gateway(url, GROUPING, timeout=5).put(TEXT)

    assert len(str(caught.value)) < 400


def test_credentials_are_sent_in_utf_8() -> None:
    with RecordingServer(lambda _: Answer(200)) as server:
        gateway = Gateway(server.url, GROUPING, timeout=2)
        gateway.credentials = Credentials("lämbda", "s3:same€")
        gateway.put(TEXT)

    kind, _, encoded = server.requests[0].headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(encoded).decode()) == ("Basic", "lämbda:s3:same€")
    assert "s3:same" not in repr(gateway.credentials)


def test_netrc_has_no_part_in_it(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with RecordingServer(lambda _: Answer(200)) as server:
        Gateway(server.url, GROUPING, timeout=2).put(TEXT)

    assert "Authorization" not in server.requests[0].headers


def test_a_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with RecordingServer(lambda _: Answer(200)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        Gateway("http://gateway.invalid:9091", GROUPING, timeout=2).put(TEXT)

    assert proxy.requests[0].path == "http://gateway.invalid:9091/metrics/job/orders/instance/i-1"


def test_text_that_has_no_utf_8_is_pushed_all_the_same(embedded: EmbeddedGateway) -> None:
    Gateway(embedded.url, GROUPING, timeout=2).put('parcels_total{name="\udcff"} 3\n')

    assert 'name="?"' in embedded.text()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_2xx_is_an_acknowledgement(status: int) -> None:
    with RecordingServer(lambda _: Answer(status)) as server:
        Gateway(server.url, GROUPING, timeout=2).put(TEXT)

    assert len(server.requests) == 1


def test_the_error_never_holds_the_credentials() -> None:
    gateway = Gateway("http://gateway.invalid:9091", GROUPING, timeout=2)
    gateway.credentials = Credentials("lambda", "s3same")
    with pytest.raises(PushError) as caught:
        gateway.put(TEXT)

    assert "s3same" not in str(caught.value)
    assert isinstance(caught.value.__cause__, requests.RequestException)
