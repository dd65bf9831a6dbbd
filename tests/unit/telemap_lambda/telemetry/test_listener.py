"""The listener: Lambda's posts are answered 200 whatever they hold, and handed over; what others send is refused."""

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
from extension.listening import listening
from patience import PATIENCE_SECONDS

from telemap_lambda.telemetry import listener as listener_module
from telemap_lambda.telemetry.http_request import MAX_BODY_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap_lambda.telemetry.listener import Listener

BODY = b'[{"type": "function"}]'
CHUNKED = b"POST PATH HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def taken() -> queue.SimpleQueue[bytes]:
    return queue.SimpleQueue()


@pytest.fixture(scope="module")
def listener(_integration: None, taken: queue.SimpleQueue[bytes]) -> Iterator[Listener]:
    with listening(taken.put) as listener:
        yield listener


def send(listener: Listener, message: bytes) -> bytes:
    """Send bytes, with the listener's path for `PATH`, and read what is answered until the connection is closed."""
    with socket.create_connection(("127.0.0.1", listener.port), PATIENCE_SECONDS) as connection:
        connection.sendall(message.replace(b"PATH", listener.path.encode()))
        with contextlib.suppress(OSError):  # it may have hung up already
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while chunk := connection.recv(65536):
                answer += chunk
    return answer


def post(listener: Listener, body: bytes, path: str | None = None, headers: dict[str, str] | None = None) -> int:
    with contextlib.closing(HTTPConnection("127.0.0.1", listener.port, timeout=PATIENCE_SECONDS)) as connection:
        sent = {"Host": f"sandbox.localdomain:{listener.port}", "Content-Type": "application/json"} | (headers or {})
        connection.request("POST", listener.path if path is None else path, body, sent)
        return connection.getresponse().status


@pytest.mark.parametrize("target", ["{path}", "{path}/", "{path}?at=all", "http://sandbox.localdomain:4243{path}"])
def test_a_post_is_acknowledged_and_handed_over(
    listener: Listener, taken: queue.SimpleQueue[bytes], target: str
) -> None:
    assert post(listener, BODY, target.format(path=listener.path)) == 200
    assert taken.get(timeout=PATIENCE_SECONDS) == BODY


@pytest.mark.parametrize(
    "message",
    [
        CHUNKED + b'5\r\n[{"ty\r\n11;a=b\r\npe": "function"}]\r\n0\r\n\r\n',
        b"POST PATH HTTP/1.0\r\nContent-Length: 22\r\n\r\n" + BODY,
        b"\r\nPOST PATH HTTP/1.1\r\nhost: localhost\r\nX: y\r\nContent-Length: 22\r\n\r\n" + BODY,
        b"POST PATH HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\nContent-Length: 22\r\n\r\n" + BODY,
        b"POST PATH HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 22\n\n" + BODY,
    ],
)
def test_a_body_comes_in_other_ways_too(listener: Listener, taken: queue.SimpleQueue[bytes], message: bytes) -> None:
    assert send(listener, message).split()[1] == b"200"
    assert taken.get(timeout=PATIENCE_SECONDS) == BODY


@pytest.mark.parametrize(
    "head",
    [
        b"POST PATH HTTP/1.1\r\n\r\n",
        b"POST PATH HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        CHUNKED + b"0\r\nA-Trailer: b\r\n\r\n",
    ],
)
def test_what_has_no_body_is_acknowledged_too(listener: Listener, taken: queue.SimpleQueue[bytes], head: bytes) -> None:
    assert send(listener, head).split()[1] == b"200"
    assert_nothing_was_taken(listener, taken)


MOST = MAX_BODY_BYTES
REFUSED = {
    b"POST PATH HTTP/1.1\r\nContent-Length: many\r\n\r\n": 400,
    b"POST PATH HTTP/1.1\r\nContent-Length: -1\r\n\r\n": 400,
    "POST PATH HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n".encode("latin-1"): 400,
    b"POST PATH HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n[]": 400,
    b"POST PATH HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n": 400,
    b"POST PATH HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n": 400,
    CHUNKED + b"no size\r\n": 400,
    CHUNKED + b"2\r\n[],\r\n0\r\n\r\n": 400,
    b"POST PATH HTTP/1.1\r\nContent-Length: 9999999999999999\r\n\r\n": 413,
    b"POST PATH HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (MOST + 1): 413,
    b"POST PATH HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (3 * MOST) + b"x" * 3 * MOST: 413,
    CHUNKED + b"ffffffff\r\n": 413,
    CHUNKED + 12 * (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") + b"0\r\n\r\n": 413,
    b"POST PATH HTTP/1.1\r\n" + b"A: b\r\n" * 300 + b"\r\n": 431,
    b"POST PATH HTTP/1.1\r\nA: " + b"b" * 100_000 + b"\r\n\r\n": 431,
    b"POST /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n": 431,
}


@pytest.mark.parametrize(("message", "status"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_too_large_or_contradicts_itself_is_refused_whole(
    listener: Listener, taken: queue.SimpleQueue[bytes], message: bytes, status: int
) -> None:
    assert int(send(listener, message).split()[1]) == status
    assert_nothing_was_taken(listener, taken)


def test_the_largest_post_is_taken_whole(listener: Listener, taken: queue.SimpleQueue[bytes]) -> None:
    body = b"x" * MAX_BODY_BYTES

    assert post(listener, body) == 200
    assert taken.get(timeout=PATIENCE_SECONDS) == body


def test_a_post_in_many_small_chunks_is_taken(listener: Listener, taken: queue.SimpleQueue[bytes]) -> None:
    chunks = b"200000\r\n" + b"x" * 0x200000 + b"\r\n" + b"1\r\ny\r\n" * 60_000 + b"0\r\n\r\n"

    assert send(listener, CHUNKED + chunks).split()[1] == b"200"
    assert taken.get(timeout=PATIENCE_SECONDS) == b"x" * 0x200000 + b"y" * 60_000


def assert_nothing_was_taken(listener: Listener, taken: queue.SimpleQueue[bytes]) -> None:
    assert post(listener, BODY) == 200
    assert taken.get(timeout=PATIENCE_SECONDS) == BODY


def test_a_connection_is_kept(listener: Listener, taken: queue.SimpleQueue[bytes]) -> None:
    with contextlib.closing(HTTPConnection("127.0.0.1", listener.port, timeout=PATIENCE_SECONDS)) as connection:
        for number in range(5):
            connection.request("POST", listener.path, str(number).encode())
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, b"")
    assert [taken.get(timeout=PATIENCE_SECONDS) for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]


GARBAGE = [
    b"",
    b"\r\n\r\n",
    b"POST\r\n\r\n",
    b"POST / HTTP/9.9\r\n\r\n",
    b"POST PATH HTTP/1.1\r\nContent-Length: 9\r\n\r\n[",
    CHUNKED + b"9\r\n[",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS client's first words
    *(random.Random(seed).randbytes(2000) for seed in range(5)),  # noqa: S311 - the same at each run
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_does_no_harm_and_is_not_talked_about(
    listener: Listener, taken: queue.SimpleQueue[bytes], garbage: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with contextlib.suppress(ConnectionError):
        send(listener, garbage)

    assert post(listener, BODY) == 200
    assert taken.get(timeout=PATIENCE_SECONDS) == BODY
    assert capfd.readouterr() == ("", "")


def test_many_connections_are_served_while_others_lie_idle(listener: Listener, taken: queue.SimpleQueue[bytes]) -> None:
    with contextlib.ExitStack() as idle:
        for _ in range(50):
            connection = idle.enter_context(socket.create_connection(("127.0.0.1", listener.port), PATIENCE_SECONDS))
            connection.sendall(b"POST PATH HTTP/1.1\r\nContent-Length: 100\r\n\r\n[")
        statuses: list[int] = []
        senders = [threading.Thread(target=lambda: statuses.append(post(listener, BODY))) for _ in range(30)]
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

    with listening(take_slowly, is_quick=False) as listener:

        def send_one() -> None:
            post(listener, BODY)
            answered.set()

        threading.Thread(target=send_one, daemon=True).start()
        assert taken.wait(PATIENCE_SECONDS)
        listener.finish()
        assert not listener._unanswered
        assert answered.wait(PATIENCE_SECONDS)


@pytest.mark.integration
def test_a_post_that_is_never_done_with_does_not_keep_the_process() -> None:
    taken, never = threading.Event(), threading.Event()

    def take_for_ever(_: bytes) -> None:
        taken.set()
        never.wait(PATIENCE_SECONDS)

    with listening(take_for_ever, is_quick=False) as listener:
        sender = threading.Thread(target=lambda: post(listener, BODY), daemon=True)
        sender.start()
        assert taken.wait(PATIENCE_SECONDS)
        listener.finish()
        assert listener._unanswered, "it came back all the same"
        never.set()
        sender.join(PATIENCE_SECONDS)


@pytest.mark.integration
def test_a_closed_listener_listens_no_more(taken: queue.SimpleQueue[bytes]) -> None:
    with listening(taken.put) as listener:
        pass

    with pytest.raises(ConnectionRefusedError):
        post(listener, BODY)


@pytest.mark.usefixtures("_integration")
def test_a_post_that_is_not_taken_is_not_acknowledged() -> None:
    def take_nothing(_: bytes) -> None:
        raise ConnectionAbortedError

    message = b"POST PATH HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
    for is_quick in (True, False):
        with listening(take_nothing, is_quick=is_quick) as listener:
            assert send(listener, message) == b""


HEAD = b"POST PATH HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(BODY)


@pytest.mark.parametrize(
    "pieces", [[HEAD, BODY], [HEAD[:9], HEAD[9:], BODY[:3], BODY[3:]], [*map(bytes, zip(HEAD + BODY))]]
)
def test_a_post_comes_in_pieces(listener: Listener, taken: queue.SimpleQueue[bytes], pieces: list[bytes]) -> None:
    whole = b"".join(pieces).replace(b"PATH", listener.path.encode())
    size = -(-len(whole) // len(pieces))
    with socket.create_connection(("127.0.0.1", listener.port), PATIENCE_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):  # the connection is kept
            for at in range(0, len(whole), size):
                connection.sendall(whole[at : at + size])
                time.sleep(0.002)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
            assert taken.get(timeout=PATIENCE_SECONDS) == BODY


def test_posts_that_follow_at_once_are_all_answered(listener: Listener, taken: queue.SimpleQueue[bytes]) -> None:
    answers = send(listener, (HEAD + BODY) * 5)

    assert answers.count(b"HTTP/1.1 200 ") == 5
    assert [taken.get(timeout=PATIENCE_SECONDS) for _ in range(5)] == [BODY] * 5
    assert_nothing_was_taken(listener, taken)
