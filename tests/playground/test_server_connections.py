"""One connection never holds up the others, however slow or odd it is."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import time
from typing import TYPE_CHECKING

import pytest
from patience import await_until
from playground_server.process import Playground, playground, read_all

from telemap.cli.playground.connection import TimedReader, is_open
from telemap.cli.playground.server import MAX_CONNECTIONS

if TYPE_CHECKING:
    from pathlib import Path


def post(server: Playground, question: str, arguments: object, *lines: str) -> bytes:
    """Write a question as the page asks it."""
    body = json.dumps(arguments).encode()
    head = (
        f"POST /ask/{question} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"X-Telemap-Token: {server.token}",
        "X-Telemap-Session: tab",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *lines,
        "",
        "",
    )
    return "\r\n".join(head).encode() + body


def test_a_body_that_never_arrives_holds_up_nobody(server: Playground) -> None:
    with contextlib.ExitStack() as slow:
        for _ in range(8):
            connection = slow.enter_context(server.connect())
            connection.sendall(post(server, "hello", {})[:-1])
        heads = slow.enter_context(server.connect())
        heads.sendall(b"GET / HT")
        assert server.post("/ask/hello", {}).status == 200
        assert server.request("GET", "/").status == 200


def test_a_body_that_arrives_byte_by_byte_is_read(server: Playground) -> None:
    with server.connect() as connection:
        for byte in post(server, "hello", {}, "Connection: close"):
            connection.sendall(bytes([byte]))
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


def test_a_connection_that_ends_within_a_body_is_forgotten(server: Playground) -> None:
    with server.connect() as connection:
        connection.sendall(post(server, "hello", {})[:-1])
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection) == b""
    assert server.post("/ask/hello", {}).status == 200


def test_requests_one_after_another_on_a_connection_are_answered_in_order(server: Playground) -> None:
    get = f"GET /page-0A1B2C3D.js HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    answers = server.raw(post(server, "hello", {}) + get + post(server, "nothing", {}, "Connection: close"))
    assert re.findall(rb"HTTP/1\.1 (\d+) ", answers) == [b"200", b"200", b"400"]
    assert answers.index(b'"version"') < answers.index(b"export {};") < answers.index(b"unknown question")


def test_nothing_is_answered_behind_a_refusal_whose_body_was_not_read(server: Playground) -> None:
    hidden = post(server, "hello", {}, "Connection: close")
    form = post(server, "hello", {}).replace(b"application/json", b"text/plain")
    answers = server.raw(form + hidden)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", answers) == [b"415"]


def test_an_older_client_is_answered_and_its_connection_closed(server: Playground) -> None:
    answer = server.raw(post(server, "hello", {}).replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_too_many_connections_are_refused_and_room_comes_back(server: Playground) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(MAX_CONNECTIONS):
            held.enter_context(server.connect())
        answer = b""
        while not answer.startswith(b"HTTP/1.1 503 "):  # those of tests before may just be ending
            connection = held.enter_context(server.connect())
            connection.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                answer = read_all(connection)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert json.loads(body) == {"error": "too many connections"}
        assert f"Content-Length: {len(body)}".encode() in head

    def answers() -> bool:
        with contextlib.suppress(ConnectionError):
            return server.request("GET", "/").status == 200
        return False

    await_until(answers)


def test_a_page_that_reads_no_answer_holds_up_nobody(server: Playground) -> None:
    arguments = {"mapping": {"name": "m.yaml", "text": "x" * 1_000_000}, "events": {"revision": 1, "text": ""}}
    with server.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(post(server, "evaluate", arguments))
        assert server.post("/ask/hello", {}).status == 200


@pytest.mark.integration
def test_every_tab_has_a_session_and_the_fifth_takes_the_place_of_the_oldest(page: Path) -> None:
    mapping = {"name": "m.yaml", "text": "version: 1\ninclude: [telemap:default]\n"}

    def evaluate(running: Playground, tab: str, events: dict[str, object]) -> dict[str, object]:
        return dict(
            running.post("/ask/evaluate", {"mapping": mapping, "events": events}, **{"X-Telemap-Session": tab}).json
        )

    event = json.dumps({"type": "platform.start", "record": {}})
    with playground(page) as running:
        for number in range(4):
            assert evaluate(running, f"tab-{number}", {"revision": 1, "text": event * number})["valid"] is True
        for number in range(4):
            answer = evaluate(running, f"tab-{number}", {"revision": 1})
            assert answer["events"]["count"] == number  # type: ignore[index]
        evaluate(running, "tab-4", {"revision": 1, "text": ""})
        assert evaluate(running, "tab-0", {"revision": 1}) == {"unknown_events": True}
        assert evaluate(running, "tab-3", {"revision": 1})["valid"] is True


def pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair()


def test_a_reader_ends_at_its_time_however_often_something_arrives() -> None:
    here, there = pair()
    with here, there:
        reader = TimedReader(here)
        reader.until = time.monotonic() + 0.05
        buffered = io.BufferedReader(reader)
        there.sendall(b"a")

        def read_for_ever() -> None:
            while True:
                there.sendall(b"b")
                buffered.read(2)

        with pytest.raises(TimeoutError):
            read_for_ever()


def test_a_reader_whose_time_is_over_reads_nothing() -> None:
    here, there = pair()
    with here, there:
        there.sendall(b"a")
        with pytest.raises(TimeoutError):
            TimedReader(here).readinto(memoryview(bytearray(1)))


def test_a_connection_is_open_until_the_other_side_has_closed_it() -> None:
    here, there = pair()
    with here:
        assert is_open(here)
        there.sendall(b"next request")
        assert is_open(here)
        here.recv(100)
        there.close()
        assert not is_open(here)
    assert not is_open(here)
