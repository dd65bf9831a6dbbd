"""The memory of a real extension process stays small, whatever is sent to its listener."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life
from patience import PATIENCE_SECONDS

from telemap_lambda.telemetry.http_request import MAX_BODY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap_lambda.fake_gateway import FakeGateway
    from telemap_lambda.sandbox import Sandbox

CONNECTIONS = 64
MAX_MORE = 10 * MAX_BODY_BYTES
"""Memory that an attack may take: some times what bodies may hold together, and less than two a connection would."""

LONG_LINE = b"X: " + b"a" * 65_000 + b"\r\n"
BODY = b"[" + b"x" * (MAX_BODY_BYTES - 2)
EVENT = b'[{"type":"platform.report","record":[' + b"[]," * (MAX_BODY_BYTES // 3 - 20) + b"[]]}]"
POSTS = b"POST %b HTTP/1.1\r\n"
ATTACKS = {
    "heads without end": POSTS + LONG_LINE * 98,
    "many short lines": POSTS + b"a: b\r\n" * 100_000,
    "a long first line": b"POST %b/" + b"a" * MAX_BODY_BYTES,
    "bodies without end": POSTS + b"Content-Length: %d\r\n\r\n" % MAX_BODY_BYTES + BODY,
    "chunks without end": POSTS + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % MAX_BODY_BYTES + BODY,
    "small chunks": POSTS + b"Transfer-Encoding: chunked\r\n\r\n" + b"40\r\n" + b"x" * 64 + b"\r\n" * 1000,
    "a head each, of many connections": POSTS + b"Host: sandbox\r\n",
    "bodies for others": b"POST /elsewhere?%b HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (b"%b", MAX_BODY_BYTES) + BODY,
}


MORE_CONNECTIONS = {"a head each, of many connections": 500}


def attack(sandbox: Sandbox, name: str, connections: contextlib.ExitStack) -> None:
    """Send data over many connections, as far as it is accepted, and keep them all open."""
    subscription, message = sandbox.deliveries[0].subscription, ATTACKS[name]
    for _ in range(MORE_CONNECTIONS.get(name, CONNECTIONS)):
        connection = connections.enter_context(
            socket.create_connection(("127.0.0.1", subscription.port), PATIENCE_SECONDS)
        )
        with contextlib.suppress(OSError):  # the other side has had enough
            connection.sendall(message.replace(b"%b", subscription.path.encode(), 1))


@pytest.mark.parametrize("name", ATTACKS)
def test_endless_senders_take_little_memory_and_lose_no_post(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, name: str
) -> None:
    recording = life("a")
    sandbox = open_sandbox(recording, {"GATEWAY": embedded_gateway.url}, freeze=False)
    sandbox.start()
    assert sandbox.deliveries[0].post_raw(b"[]") == 200
    before = sandbox.footprint().resident_bytes
    with contextlib.ExitStack() as connections:
        attack(sandbox, name, connections)
        during = sandbox.footprint().resident_bytes
        assert sandbox.deliveries[0].post_raw(b'[{"type":"platform.odd"}]') == 200
        sandbox.invoke(recording.invocations[0])
        sandbox.shutdown()

    assert_a_good_life(sandbox.result())
    assert during - before < MAX_MORE
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 1


def test_an_event_with_many_values_takes_little_memory(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    recording = life("a")
    sandbox = open_sandbox(recording, {"GATEWAY": embedded_gateway.url}, freeze=False)
    sandbox.start()
    before = sandbox.footprint().resident_bytes
    assert sandbox.deliveries[0].post_raw(EVENT) == 200
    sandbox.invoke(recording.invocations[0])
    sandbox.shutdown()
    result = sandbox.result()

    assert_a_good_life(result)
    assert max(one.usage.peak_bytes for one in result.lives) - before < MAX_MORE
    assert value(embedded_gateway.text(), "telemap_events_dropped_total", reason="malformed") == 1
