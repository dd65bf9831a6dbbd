"""One HTTP exchange over a socket."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import PATIENCE_SECONDS

from telemap_lambda.http_message import Client, parse_response

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT = PATIENCE_SECONDS


@contextlib.contextmanager
def one_answer(answer: bytes, *, close: bool = True) -> Iterator[tuple[tuple[str, int], list[bytes]]]:
    """Serve one connection with fixed bytes; give the address, and a list that gets what was sent."""
    sent: list[bytes] = []
    read = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                sent.append(connection.recv(65536))
                connection.sendall(answer)
                if not close:
                    read.wait(2 * TIMEOUT)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname(), sent
        finally:
            read.set()
            thread.join()


@pytest.mark.parametrize(
    ("message", "status", "headers", "body"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", 200, {}, b""),
        (b"HTTP/1.1 200\r\n\r\nbody", 200, {}, b"body"),
        (b"HTTP/1.0 404 Not Found\r\nA: b\r\n\r\nno", 404, {"a": "b"}, b"no"),
        (
            b"HTTP/1.1 202 OK\r\nLambda-Extension-Identifier:  a:b \r\n\r\n",
            202,
            {"lambda-extension-identifier": "a:b"},
            b"",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            200,
            None,
            b"abcde",
        ),
        (b"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: Chunked\r\n\r\n0\r\n\r\n", 200, None, b""),
    ],
)
def test_a_response_is_parsed(message: bytes, status: int, headers: dict[str, str] | None, body: bytes) -> None:
    response = parse_response(message)

    assert (response.status, response.body) == (status, body)
    assert headers is None or response.headers == headers


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.7\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 OK 200\r\n\r\n",
        b"HTTP/1.1 \xb2 OK\r\n\r\n",
        b"HTTP/1.1 -20 OK\r\n\r\n",
        b"HTTP/1.1 " + b"2" * 5000 + b" OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n",
    ],
)
def test_a_response_that_is_not_http_is_a_connection_error(message: bytes) -> None:
    with pytest.raises(OSError, match=r"HTTP|chunks"):
        parse_response(message)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]),
)
def test_garbage_raises_only_oserror(garbage: bytes, head: bytes) -> None:
    with contextlib.suppress(OSError):
        assert parse_response(head + garbage).status >= 0


@pytest.mark.integration
def test_a_request_is_sent_with_its_headers_and_body() -> None:
    with one_answer(b"HTTP/1.1 200 OK\r\n\r\nfine") as (address, sent):
        response = Client(address).exchange("PUT", "/a", {"X-One": "1"}, b"body", timeout=TIMEOUT)

    assert response.body == b"fine"
    head, _, body = sent[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "PUT /a HTTP/1.1"
    assert {f"Host: {address[0]}:{address[1]}", "Content-Length: 4", "X-One: 1"} == set(lines[1:])
    assert body == b"body"


@pytest.mark.integration
def test_a_persistent_connection_is_not_waited_for() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"
    with one_answer(answer, close=False) as (address, _):
        assert Client(address).exchange("GET", "/", {}, timeout=TIMEOUT).body == b"fine"


@pytest.mark.integration
def test_a_connection_that_is_taken_over_is_not_left_to_child_processes() -> None:
    with one_answer(b"HTTP/1.1 200 OK\r\n\r\nfine") as (address, sent):
        connection = socket.create_connection(address)
        connection.sendall(b"asked before")
        connection.set_inheritable(True)
        client = Client(address)
        client.take_over(file := connection.detach(), b"asked again", timeout=TIMEOUT)

        assert (client.file, os.get_inheritable(file)) == (file, False)
        assert client.receive().body == b"fine"
    assert sent == [b"asked before"]


@pytest.mark.integration
def test_what_is_taken_over_and_is_no_connection_is_an_error() -> None:
    with Path(os.devnull).open() as file, pytest.raises(OSError, match="socket"):
        Client(("127.0.0.1", 1)).take_over(file.fileno(), b"asked", timeout=TIMEOUT)


@pytest.mark.integration
def test_a_silent_server_is_an_error_after_the_timeout() -> None:
    with one_answer(b"", close=False) as (address, _), pytest.raises(TimeoutError):
        Client(address).exchange("GET", "/", {}, timeout=0.1)


@pytest.mark.integration
def test_a_closed_port_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
    with pytest.raises(ConnectionRefusedError):
        Client(address).exchange("GET", "/", {}, timeout=TIMEOUT)


@contextlib.contextmanager
def connections(*answers: list[bytes]) -> Iterator[tuple[tuple[str, int], list[bytes]]]:
    """Serve connections one after another, each with its answers, and close it after the last; yield what was sent."""
    sent: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for of_connection in answers:
                connection, _ = server.accept()
                with connection:
                    for answer in of_connection:
                        sent.append(connection.recv(65536))
                        connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname(), sent
        finally:
            thread.join()


def whole(body: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n%s" % (len(body), more, body)


@pytest.mark.integration
@pytest.mark.parametrize(
    "chunked", [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n", whole(b"b")]
)
def test_calls_follow_on_one_connection(chunked: bytes) -> None:
    with connections([whole(b"a"), chunked, whole(b"c")]) as (address, sent):
        client = Client(address)
        bodies = [client.exchange("GET", f"/{number}", {}, timeout=TIMEOUT).body for number in range(3)]

    assert bodies == [b"a", b"b", b"c"]
    assert [one.split()[1] for one in sent] == [b"/0", b"/1", b"/2"]


@pytest.mark.integration
@pytest.mark.parametrize(
    "first",
    [
        whole(b"a"),  # and then it is closed, without a word
        whole(b"a", b"Connection: close\r\n"),
        whole(b"a").replace(b"HTTP/1.1", b"HTTP/1.0"),
        b"HTTP/1.1 200 OK\r\n\r\na",
    ],
)
def test_a_call_after_the_server_has_closed_the_connection_is_sent_on_another(first: bytes) -> None:
    with connections([first], [whole(b"b")]) as (address, _):
        client = Client(address)
        bodies = [client.exchange("GET", "/", {}, timeout=TIMEOUT).body for _ in range(2)]

    assert bodies == [b"a", b"b"]


@pytest.mark.integration
def test_a_call_whose_answer_broke_off_is_not_sent_again() -> None:
    with connections([whole(b"a"), b"HTTP/1.1 200 OK\r\nContent-"], [whole(b"never")]) as (address, sent):
        client = Client(address)
        client.exchange("GET", "/1", {}, timeout=TIMEOUT)
        with contextlib.suppress(OSError):
            assert client.exchange("GET", "/2", {}, timeout=TIMEOUT).body == b""
        client.exchange("GET", "/3", {}, timeout=TIMEOUT)

    assert [one.split()[1] for one in sent] == [b"/1", b"/2", b"/3"]
