"""The listener: whatever is sent is answered 200, and what is telemetry is handed over."""

from __future__ import annotations

import contextlib
import queue
import random
import socket
import threading
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest
from patience import PATIENCE_SECONDS

from telemap_lambda.telemetry import listener as listener_module
from telemap_lambda.telemetry.http_request import MAX_BODY_BYTES
from telemap_lambda.telemetry.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = b'[{"type": "function"}]'


@pytest.fixture(scope="module")
def taken() -> queue.SimpleQueue[bytes]:
    return queue.SimpleQueue()


@pytest.fixture(scope="module")
def port(_integration: None, taken: queue.SimpleQueue[bytes]) -> Iterator[int]:
    listener = Listener(taken.put)
    yield listener.port
    listener.close()


def send(port: int, message: bytes) -> bytes:
    """Send bytes, and read what is answered until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as connection:
        connection.sendall(message)
        with contextlib.suppress(OSError):  # it may have hung up already
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while chunk := connection.recv(65536):
                answer += chunk
    return answer


def post(port: int, body: bytes, path: str = "/") -> int:
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status


def test_a_post_is_acknowledged_and_handed_over(port: int, taken: queue.SimpleQueue[bytes]) -> None:
    assert post(port, BODY, "/any/path?at=all") == 200
    assert taken.get(timeout=PATIENCE_SECONDS) == BODY


@pytest.mark.parametrize(
    "message",
    [
        b'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{"ty\r\n11;a=b\r\npe": "function"}]\r\n0\r\n\r\n',
        b"POST / HTTP/1.0\r\nContent-Length: 22\r\n\r\n" + BODY,
        b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 22\r\n\r\n" + BODY,
    ],
)
def test_a_body_comes_in_other_ways_too(port: int, taken: queue.SimpleQueue[bytes], message: bytes) -> None:
    assert send(port, message).split()[1] == b"200"
    assert taken.get(timeout=PATIENCE_SECONDS) == BODY


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 9999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n".encode("latin-1"),
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_has_no_body_is_acknowledged_too(port: int, taken: queue.SimpleQueue[bytes], head: bytes) -> None:
    assert send(port, head).split()[1] == b"200"
    assert post(port, BODY) == 200
    assert taken.get(timeout=PATIENCE_SECONDS) == BODY  # and nothing before it


def test_what_is_larger_than_its_bound_is_cut_and_acknowledged(port: int, taken: queue.SimpleQueue[bytes]) -> None:
    body = b"x" * (3 * MAX_BODY_BYTES)

    assert post(port, body) == 200
    assert len(taken.get(timeout=PATIENCE_SECONDS)) == MAX_BODY_BYTES
    assert post(port, BODY) == 200
    assert taken.get(timeout=PATIENCE_SECONDS) == BODY


def test_what_is_larger_than_its_bound_in_chunks_is_cut_and_acknowledged(
    port: int, taken: queue.SimpleQueue[bytes]
) -> None:
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    answer = send(port, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + 12 * chunk + b"0\r\n\r\n")

    assert answer.split()[1] == b"200"
    assert len(taken.get(timeout=PATIENCE_SECONDS)) == MAX_BODY_BYTES


def test_a_connection_is_kept(port: int, taken: queue.SimpleQueue[bytes]) -> None:
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        for number in range(5):
            connection.request("POST", "/", str(number).encode())
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, b"")
    assert [taken.get(timeout=PATIENCE_SECONDS) for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]


GARBAGE = [
    b"",
    b"\r\n\r\n",
    b"POST\r\n\r\n",
    b"POST / HTTP/9.9\r\n\r\n",
    b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 300 + b"\r\n",
    b"POST /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS client's first words
    *(random.Random(seed).randbytes(2000) for seed in range(5)),  # noqa: S311 - the same at each run
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_does_no_harm_and_is_not_talked_about(
    port: int, taken: queue.SimpleQueue[bytes], garbage: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with contextlib.suppress(ConnectionError):
        send(port, garbage)

    assert post(port, BODY) == 200
    assert taken.get(timeout=PATIENCE_SECONDS) == BODY
    assert capfd.readouterr() == ("", "")


def test_many_connections_are_served_while_others_lie_idle(port: int, taken: queue.SimpleQueue[bytes]) -> None:
    with contextlib.ExitStack() as idle:
        for _ in range(50):
            connection = idle.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS))
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n[")
        statuses: list[int] = []
        senders = [threading.Thread(target=lambda: statuses.append(post(port, BODY))) for _ in range(30)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    assert statuses == [200] * 30
    assert [taken.get(timeout=PATIENCE_SECONDS) for _ in range(30)] == [BODY] * 30


@pytest.mark.integration
def test_a_post_that_was_taken_is_answered_before_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "_LAST_ANSWERS_SECONDS", PATIENCE_SECONDS)  # this machine may be slow
    taken, answered = threading.Event(), threading.Event()

    def take_slowly(_: bytes) -> None:
        taken.set()
        time.sleep(0.03)

    def send() -> None:
        post(listener.port, BODY)
        answered.set()

    listener = Listener(take_slowly)
    threading.Thread(target=send, daemon=True).start()
    assert taken.wait(PATIENCE_SECONDS)
    listener.finish()
    assert not listener._unanswered
    assert answered.wait(PATIENCE_SECONDS)
    listener.close()


@pytest.mark.integration
def test_a_post_that_is_never_done_with_does_not_keep_the_process() -> None:
    taken, never = threading.Event(), threading.Event()

    def take_for_ever(_: bytes) -> None:
        taken.set()
        never.wait(PATIENCE_SECONDS)

    listener = Listener(take_for_ever)
    sender = threading.Thread(target=lambda: post(listener.port, BODY), daemon=True)
    sender.start()
    assert taken.wait(PATIENCE_SECONDS)
    listener.finish()
    assert listener._unanswered, "it came back all the same"
    never.set()
    sender.join(PATIENCE_SECONDS)
    listener.close()


@pytest.mark.integration
def test_a_closed_listener_listens_no_more(taken: queue.SimpleQueue[bytes]) -> None:
    listener = Listener(taken.put)
    listener.close()

    with pytest.raises(ConnectionRefusedError):
        post(listener.port, BODY)
