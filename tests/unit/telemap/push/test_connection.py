"""The kept connection to a gateway: when it is used again, when another one is opened, and how long all may take."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from extension.raw_server import FINE, raw_server
from extension.recording_server import RecordingServer
from hypothesis import example, given
from hypothesis import strategies as st
from patience import PATIENCE_SECONDS

from telemap.errors import PushError
from telemap.push import Gateway, connection
from telemap.push.address import Origin
from telemap.push.credentials import SYSTEM
from telemap.push.sockets import PlainSocket
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    GatewayAt = Callable[..., Gateway]

TEXT = "# TYPE parcels_total counter\nparcels_total 3\n"
DROPPED = b""


def test_pushes_share_a_connection(gateway_at: GatewayAt) -> None:
    with RecordingServer(lambda _: Answer(200, b"some words")) as server:
        gateway = gateway_at(server.url)
        for _ in range(5):
            gateway.put(TEXT)
            gateway.post(TEXT)
        gateway.delete()

    assert len({request.connection for request in server.requests}) == 1


def test_a_refusal_leaves_the_connection(gateway_at: GatewayAt) -> None:
    answers = iter([500, 400, 200])
    with RecordingServer(lambda _: Answer(next(answers), b"words")) as server:
        gateway = gateway_at(server.url)
        for _ in range(2):
            with pytest.raises(PushError):
                gateway.put(TEXT)
        gateway.put(TEXT)

    assert len({request.connection for request in server.requests}) == 1


def test_a_kept_connection_that_died_is_replaced_at_once(gateway_at: GatewayAt) -> None:
    with raw_server([FINE, DROPPED], [FINE]) as (url, seen):  # the second request is taken, and not answered
        gateway = gateway_at(url)
        gateway.put(TEXT)
        gateway.put(TEXT)

    assert len(seen) == 3


def test_a_first_connection_that_dies_is_not_replaced(gateway_at: GatewayAt) -> None:
    with raw_server([DROPPED]) as (url, seen), pytest.raises(PushError, match="cannot be reached"):
        gateway_at(url).put(TEXT)

    assert len(seen) == 1


def test_the_replacement_is_tried_once(gateway_at: GatewayAt) -> None:
    with raw_server([FINE, DROPPED], [DROPPED]) as (url, seen):
        gateway = gateway_at(url)
        gateway.put(TEXT)
        with pytest.raises(PushError, match="cannot be reached"):
            gateway.put(TEXT)

    assert len(seen) == 3


def test_post_is_never_sent_twice(gateway_at: GatewayAt) -> None:
    with raw_server([FINE, DROPPED]) as (url, seen):
        gateway = gateway_at(url)
        gateway.post(TEXT)
        with pytest.raises(PushError, match="without an answer") as caught:
            gateway.post(TEXT)

    assert len(seen) == 2
    assert caught.value.sent


@pytest.mark.parametrize("method", ["put", "post"])
def test_a_connection_that_the_gateway_has_closed_is_not_used_again(gateway_at: GatewayAt, method: str) -> None:
    with raw_server([FINE], [FINE]) as (url, seen):
        gateway = gateway_at(url)
        gateway.put(TEXT)
        kept = gateway._connection._socket
        assert kept is not None
        assert select.select([kept], [], [], PATIENCE_SECONDS)[0], "it is not closed"
        getattr(gateway, method)(TEXT)

    assert len(seen) == 2


@pytest.mark.parametrize(("method", "connections"), [("put", 1), ("post", 2)])
def test_what_adds_up_goes_over_no_connection_that_was_idle_for_long(
    gateway_at: GatewayAt, monkeypatch: pytest.MonkeyPatch, method: str, connections: int
) -> None:
    assert connection._UNREPEATABLE_IDLE_SECONDS == 3
    monkeypatch.setattr(connection, "_UNREPEATABLE_IDLE_SECONDS", 0.0)  # three seconds are too long for a test
    with RecordingServer(lambda _: Answer(200)) as server:
        gateway = gateway_at(server.url)
        gateway.put(TEXT)
        getattr(gateway, method)(TEXT)

    assert len({request.connection for request in server.requests}) == connections


@pytest.mark.integration
def test_an_old_connection_is_not_used_again_although_the_monotonic_clock_stood_still() -> None:
    clock = [1_000.0]
    with RecordingServer(lambda _: Answer(200)) as server:
        origin = Origin.of(server.url)
        kept = connection.Connection(origin, SYSTEM, None, PATIENCE_SECONDS, now=lambda: clock[0])
        gateway = Gateway(server.url, {"job": "clock"}, timeout=PATIENCE_SECONDS, connection=kept)
        gateway.put(TEXT)
        clock[0] += 1
        gateway.put(TEXT)
        clock[0] += 60
        gateway.put(TEXT)
        gateway.close()

    first, second, third = (request.connection for request in server.requests)
    assert first == second != third


def test_a_connection_that_the_gateway_will_close_is_not_kept(gateway_at: GatewayAt) -> None:
    closing = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    with raw_server([closing], [closing], [b"HTTP/1.0 200 OK\r\n\r\nold"]) as (url, seen):
        gateway = gateway_at(url)
        for _ in range(3):
            gateway.post(TEXT)

    assert len(seen) == 3


@pytest.mark.parametrize(
    ("answer", "fine"),
    [
        (b"no HTTP at all\r\n\r\n", False),
        (b"HTTP/1.1 2xx OK\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", False),
        (b"HTTP/1.1 200 " + b"x" * 100_000 + b"\r\n\r\n", False),
        (b"", False),
        (b"HTTP/1.1 302 Found\r\nLocation: http://a/\r\nContent-Length: 9\r\nContent-Encoding: gzip\r\n\r\nabc", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", True),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", True),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True),
    ],
)
def test_what_counts_of_an_answer_is_its_status_and_a_lying_one_raises_nothing_but_push_errors(
    gateway_at: GatewayAt, answer: bytes, *, fine: bool
) -> None:
    with raw_server([answer]) as (url, _), contextlib.nullcontext() if fine else pytest.raises(PushError):
        gateway_at(url).put(TEXT)


def test_an_endless_answer_is_not_read_to_its_end(gateway_at: GatewayAt) -> None:
    endless = b"HTTP/1.1 500 No\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 100_000
    with raw_server([endless]) as (url, _), pytest.raises(PushError, match=r"answered 500: x+\.{3}$") as caught:
        gateway_at(url).put(TEXT)

    assert len(str(caught.value)) < 400


def test_incomplete_answer_is_an_error(gateway_at: GatewayAt) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"
    with raw_server([cut]) as (url, _), pytest.raises(PushError, match="incomplete"):
        gateway_at(url).get("/api/v1/metrics")


@contextlib.contextmanager
def dripping(head: bytes, *, seconds: float = 0.02) -> Iterator[str]:
    """Serve one connection: after the request, say something, then a byte each few milliseconds for a long time.

    Whoever leaves before that has not waited for the end; this is checked.
    """
    gone, over = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            there, _ = server.accept()
            with there, contextlib.suppress(OSError):
                there.recv(65536)
                there.sendall(head)
                until = time.monotonic() + PATIENCE_SECONDS
                while not gone.wait(seconds):
                    there.sendall(b"x")
                    if time.monotonic() > until:
                        over.set()
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            gone.set()
            thread.join()
            assert not over.is_set(), "it was waited for"


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-", b"HTTP/1.1 200 "])
def test_the_timeout_bounds_a_head_that_trickles(gateway_at: GatewayAt, head: bytes) -> None:
    with dripping(head) as url, pytest.raises(PushError, match=r"did not answer within 0.5 s"):
        gateway_at(url, timeout=0.5).put(TEXT)


@pytest.mark.parametrize(("status", "said"), [(200, None), (500, "answered 500: x+")])
def test_the_timeout_bounds_a_body_that_trickles(gateway_at: GatewayAt, status: int, said: str | None) -> None:
    head = f"HTTP/1.1 {status} So\r\nContent-Length: 10000\r\n\r\n".encode()
    with dripping(head) as url, pytest.raises(PushError, match=said) if said else contextlib.nullcontext():
        gateway_at(url, timeout=3.0).put(TEXT)


def test_the_timeout_bounds_sending(gateway_at: GatewayAt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # it never reads
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(PushError, match=r"did not answer within 0.5 s") as caught:
            gateway_at(url, timeout=0.5).put("x" * 50_000_000)

    assert caught.value.sent


def test_an_answer_that_comes_before_all_was_sent_is_read(gateway_at: GatewayAt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            there, _ = server.accept()
            with there:
                there.recv(1000)
                there.sendall(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nmuch")
                there.shutdown(socket.SHUT_WR)
                while there.recv(65536):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(PushError, match="answered 413: much") as caught:
            gateway_at(f"http://127.0.0.1:{server.getsockname()[1]}").post("x" * 20_000_000)
        thread.join()

    assert caught.value.status == 413


@pytest.mark.integration
def test_an_answer_that_came_while_the_process_was_frozen_is_read() -> None:
    program = """
import sys
from telemap.push import Gateway
with Gateway(sys.argv[1], {"job": "orders"}, timeout=3) as gateway:
    print(gateway.put("parcels_total 3\\n"))
"""
    asked = threading.Event()
    frozen = threading.Event()

    def answer(_: object) -> Answer:
        asked.set()
        frozen.wait(PATIENCE_SECONDS)
        return Answer(200, b"words")

    with RecordingServer(answer) as server:
        command = [sys.executable, "-c", program, server.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert asked.wait(PATIENCE_SECONDS)
            os.kill(process.pid, signal.SIGSTOP)
            frozen.set()
            time.sleep(3.5)  # longer than the timeout
            os.kill(process.pid, signal.SIGCONT)
            assert process.communicate(timeout=PATIENCE_SECONDS)[0] == "200\n"


_WORDS = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 307 \r\n",
    b"HTTP/1.0 500",
    b"HTTP/0.9\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: -1\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: close\r\n",
    b"Location: \xff\r\n",
    b": \r\n",
    b" folded\r\n",
    b"3\r\nabc\r\n",
    b"0\r\n\r\n",
    b"\r\n",
    b"\n",
    b"abc",
]


@given(st.lists(st.sampled_from(_WORDS) | st.binary(max_size=20), max_size=12).map(b"".join))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n")
def test_any_bytes_are_an_answer_or_a_push_error(answer: bytes) -> None:
    here, there = socket.socketpair()
    with there, Gateway("http://gateway.invalid", {"job": "orders"}, timeout=PATIENCE_SECONDS) as gateway:
        gateway._connection._socket = PlainSocket(here.family, here.type, here.proto, here.detach())
        there.sendall(answer)
        there.shutdown(socket.SHUT_WR)
        request = connection.Request("PUT", "/", "", b"", repeatable=False, most=1000)
        with contextlib.suppress(PushError):
            gateway._connection.exchange_once(request, time.monotonic() + PATIENCE_SECONDS)
