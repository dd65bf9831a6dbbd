"""The fake gateway's misbehaviours and authentication."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
import time
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from typing import TYPE_CHECKING

import pytest
from patience import PATIENCE_SECONDS, await_until
from servers.certificates import Authority
from servers.exchange import call

from telemap_lambda.fake_gateway import Behaviour, FakeGateway
from telemap_lambda.fake_gateway.access import Access

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "/metrics/job/j"


def connect(gateway: FakeGateway) -> socket.socket:
    """Connect to a gateway, with or without TLS."""
    return socket.create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2])), PATIENCE_SECONDS)


@pytest.fixture
def gateway(_integration: None) -> Iterator[FakeGateway]:
    with FakeGateway() as running:
        yield running


@pytest.mark.integration
def test_basic_authentication() -> None:
    right = base64.b64encode(b"me:s\xc3\xa9cret").decode()
    with FakeGateway(username="me", password="sécret") as gateway:  # noqa: S106  (a test's)
        refused = call(gateway.url, "PUT", "/metrics/job/j", "a 1\n")
        taken = call(gateway.url, "PUT", "/metrics/job/j", "a 1\n", {"Authorization": f"Basic {right}"})
    assert (refused.status, taken.status) == (401, 200)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("behaviour", "status"),
    [(Behaviour.STATUS_401, 401), (Behaviour.STATUS_500, 500), (Behaviour.REDIRECT, 302)],
)
def test_refusals_change_nothing(behaviour: Behaviour, status: int) -> None:
    with FakeGateway(behaviour=behaviour) as gateway:
        assert call(gateway.url, "PUT", "/metrics/job/j", "a 1\n").status == status
        assert gateway.groups == ()


def test_any_status_can_be_forced_and_reset(gateway: FakeGateway) -> None:
    gateway.status = 429
    assert call(gateway.url, "PUT", "/metrics/job/j", "a 1\n").status == 429
    gateway.status = None
    assert call(gateway.url, "PUT", "/metrics/job/j", "a 1\n").status == 200


@pytest.mark.integration
def test_a_slow_gateway_answers_late() -> None:
    with FakeGateway(behaviour=Behaviour.SLOW, delay_seconds=0.15) as gateway:
        started = time.monotonic()
        assert call(gateway.url, "PUT", "/metrics/job/j", "a 1\n").status == 200
        assert time.monotonic() - started >= 0.15
        assert len(gateway.groups) == 1


@pytest.mark.integration
def test_a_reset_is_a_reset() -> None:
    with FakeGateway(behaviour=Behaviour.RESET) as gateway, pytest.raises(ConnectionResetError):
        call(gateway.url, "PUT", "/metrics/job/j", "a 1\n")


@pytest.mark.integration
def test_a_hanging_gateway_stops_at_once() -> None:
    gateway = FakeGateway(behaviour=Behaviour.HANG).start()
    connection = HTTPConnection(gateway.url.removeprefix("http://"), timeout=0.2)
    with contextlib.closing(connection):
        connection.request("PUT", "/metrics/job/j", b"a 1\n")
        with pytest.raises((TimeoutError, HTTPException)):
            connection.getresponse()
        await_until(lambda: gateway.requests)
        stopping = threading.Thread(target=gateway.stop, daemon=True)
        stopping.start()
        stopping.join(PATIENCE_SECONDS)
        assert not stopping.is_alive()
    assert [request.status for request in gateway.requests] == [None]


@pytest.mark.integration
def test_it_stops_with_an_idle_connection() -> None:
    with FakeGateway() as gateway:
        connection = HTTPConnection(gateway.url.removeprefix("http://"), timeout=PATIENCE_SECONDS)
        for _ in range(2):
            connection.request("PUT", "/metrics/job/j", b"a 1\n")
            connection.getresponse().read()
    connection.close()


@pytest.mark.integration
def test_credentials_can_change_while_it_runs() -> None:
    first, second = ({"Authorization": Access.basic("me", word).expected} for word in ("one", "two"))
    with FakeGateway(username="me", password="one") as gateway:  # noqa: S106  (a test's)
        assert call(gateway.url, "PUT", GROUP, "a 1\n", first).status == 200
        gateway.access = Access.basic("me", "two")
        assert call(gateway.url, "PUT", GROUP, "a 1\n", first).status == 401
        assert call(gateway.url, "PUT", GROUP, "a 1\n", second).status == 200
        assert "one" not in repr(gateway.access)
        gateway.access = None
        assert call(gateway.url, "PUT", GROUP, "a 1\n").status == 200


@pytest.mark.integration
def test_a_bearer_token_is_required() -> None:
    with FakeGateway(token="t0ken") as gateway:  # noqa: S106  (a test's)
        statuses = [
            call(gateway.url, "PUT", GROUP, "a 1\n", {"Authorization": given}).status
            for given in ("", "Bearer other", "bearer t0ken", "Bearer t0ken")
        ]
    assert statuses == [401, 401, 401, 200]


def test_a_lying_gateway_acknowledges_and_does_nothing(gateway: FakeGateway) -> None:
    call(gateway.url, "PUT", GROUP, "a 1\n")
    gateway.behaviour = Behaviour.LYING
    assert call(gateway.url, "PUT", GROUP, "a 2\n").status == 200
    assert call(gateway.url, "DELETE", GROUP).status == 202
    assert 'a{instance="",job="j"} 1\n' in call(gateway.url, "GET", "/metrics").text


def test_an_answer_can_be_lost_after_the_change(gateway: FakeGateway) -> None:
    gateway.behaviour = Behaviour.LOST_ANSWER
    with pytest.raises(RemoteDisconnected):
        call(gateway.url, "PUT", GROUP, "a 1\n")
    assert len(gateway.groups) == 1
    assert [request.status for request in gateway.requests] == [None]


def test_an_answer_can_trickle(gateway: FakeGateway) -> None:
    gateway.behaviour = Behaviour.TRICKLE
    with connect(gateway) as connection:
        connection.sendall(f"PUT {GROUP} HTTP/1.1\r\nContent-Length: 4\r\n\r\na 1\n".encode())
        received = [connection.recv(100) for _ in range(2)]
        gateway.stop()
    assert received == [b"H", b"T"]
    assert len(gateway.groups) == 1


def test_an_echo_contains_the_credentials(gateway: FakeGateway) -> None:
    gateway.behaviour = Behaviour.ECHO
    answer = call(gateway.url, "PUT", GROUP, "a 1\n", {"Authorization": "Bearer t0ken"})
    assert answer == (400, "refused: Authorization: Bearer t0ken\n")
    assert gateway.groups == ()


@pytest.mark.integration
def test_every_third_push_can_fail() -> None:
    with FakeGateway(fail_every=3) as gateway:
        statuses = []
        for number in range(1, 8):
            statuses.append(call(gateway.url, "PUT", GROUP, f"a {number}\n").status)
            assert call(gateway.url, "GET", "/metrics").status == 200
        assert statuses == [200, 200, 500, 200, 200, 500, 200]


@pytest.mark.integration
def test_only_the_latest_requests_are_kept() -> None:
    with FakeGateway(requests_kept=2) as gateway:
        for job in "abc":
            call(gateway.url, "PUT", f"/metrics/job/{job}", "a 1\n")
        assert [request.path for request in gateway.requests] == ["/metrics/job/b", "/metrics/job/c"]
    with FakeGateway(requests_kept=0) as gateway:
        assert call(gateway.url, "PUT", GROUP, "a 1\n").status == 200
        assert gateway.requests == ()


@pytest.fixture(scope="module")
def contexts(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return TLS contexts for a server on 127.0.0.1 and for clients that trust it."""
    authority = Authority(tmp_path_factory.mktemp("tls"))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*authority.issue("gateway", "127.0.0.1"))
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(authority.file)
    return server, client


@pytest.mark.integration
def test_it_supports_tls(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = contexts
    with FakeGateway(tls=server) as gateway:
        assert gateway.url.startswith("https://127.0.0.1:")
        with socket.create_connection(
            ("127.0.0.1", int(gateway.url.rpartition(":")[2])), timeout=PATIENCE_SECONDS
        ) as silent:
            assert call(gateway.url, "PUT", GROUP, "a 1\n", tls=client).status == 200
            with pytest.raises(ssl.SSLCertVerificationError):
                call(gateway.url, "PUT", GROUP, "a 1\n", tls=ssl.create_default_context())
            silent.sendall(b"no TLS at all\r\n\r\n")
        assert call(gateway.url, "PUT", GROUP, "a 1\n", tls=client).status == 200
    assert len(gateway.groups) == 1


@pytest.mark.integration
def test_it_stops_with_an_idle_tls_connection(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = contexts
    with (
        FakeGateway(tls=server) as gateway,
        connect(gateway) as plain,
    ):
        wrapped = client.wrap_socket(plain, server_hostname="127.0.0.1")
        wrapped.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        assert wrapped.recv(12) == b"HTTP/1.1 200"
        gateway.stop()
        wrapped.close()
