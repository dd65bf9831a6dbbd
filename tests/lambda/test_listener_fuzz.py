"""The listener of a real extension process survives and answers whatever it is sent."""

from __future__ import annotations

import contextlib
import json
import random
import resource
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.listening import listening
from extension.lives import life
from patience import PATIENCE_SECONDS, await_until
from soak.hostile import Bodies, broken_request, foreign_request, request
from soak.size import FUZZ_ROUNDS, SEED

from telemap_lambda.barrier import INTERNAL_ERROR

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap_lambda.fake_gateway import FakeGateway
    from telemap_lambda.sandbox import Sandbox

EVENTS = sorted((Path(__file__).parents[1] / "events").glob("*.json"))
PROBE = "the one that counts"
MAPPING = f"""
version: 1
include: [telemap:platform, telemap:logs]
metrics:
  probes_total:
    type: counter
    help: The invocation after the fuzzing.
    from: platform.report
    when: [{{path: $.record.requestId, equals: {PROBE}}}]
  all_total: {{type: counter, help: Everything., from: "*", labels: {{type: $.type}}, series_limit: 50}}
"""
MAX_BYTES = 300 * 1024 * 1024
SLOW_CONNECTIONS = 500
BEGINNINGS = (b"", b"POST / HTTP/1.1\r\nA: b", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n[")
FEW_DESCRIPTORS = 256
"""A process in Lambda may have 1,024; with fewer the test is shorter."""


class Target:
    """An extension to fuzz.

    Args:
        sandbox: it lives there; not frozen, so that it can be sent things at any time.
        gateway: where it pushes.
    """

    def __init__(self, sandbox: Sandbox, gateway: FakeGateway) -> None:
        self.sandbox = sandbox
        self._gateway = gateway
        sandbox.start()
        self.port = sandbox.deliveries[0].subscription.port
        self.path = sandbox.deliveries[0].subscription.path.encode()

    def connect(self) -> socket.socket:
        """Open a connection to its listener."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS)

    def send(self, message: bytes) -> bytes:
        """Send data, shut down the writing side, and read until the other side closes."""
        answer = b""
        with self.connect() as connection, contextlib.suppress(ConnectionError):
            connection.sendall(message)
            with contextlib.suppress(OSError):  # the other side may have hung up
                connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                answer += chunk
        return answer

    def assert_well(self) -> None:
        """Check that an invocation is counted once, and that the shutdown is clean."""
        assert self.sandbox.deliveries[0].post_raw(b"[]") == 200
        result = self.sandbox.invoke(self.sandbox.recording.invocations[0])
        self.sandbox.shutdown()
        whole = self.sandbox.result()

        assert not result.failed, result.reason
        assert (whole.exit_code, whole.killed) == (0, False), whole.stderr
        assert INTERNAL_ERROR not in whole.stderr
        assert "Traceback" not in whole.stderr
        assert value(self._gateway.text(), "probes_total") == 1


@pytest.fixture
def target(open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, tmp_path: Path) -> Target:
    mapping = tmp_path / "fuzz.yaml"
    mapping.write_text(MAPPING)
    environment = {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": str(mapping)}
    sandbox = open_sandbox(life(PROBE), environment, freeze=False)
    return Target(sandbox, embedded_gateway)


def bodies(draw: random.Random) -> Bodies:
    return Bodies(draw, [json.loads(path.read_text(encoding="utf-8")) for path in EVENTS])


def test_every_well_formed_request_is_answered_200(target: Target) -> None:
    draw = random.Random(SEED)  # noqa: S311 - the same at each run
    made = bodies(draw)
    for number in range(FUZZ_ROUNDS):
        message = request(draw, made.make(), target.path)
        answer = target.send(message)
        assert answer.startswith(b"HTTP/1.1 200 "), (SEED, number, message[:300], answer[:300])

    assert target.sandbox.footprint().resident_bytes < MAX_BYTES
    target.assert_well()


def test_requests_unlike_lambdas_are_refused(target: Target) -> None:
    assert target.sandbox.deliveries[0].post_raw(b"[]") == 200  # from now on it is known that the path is kept
    draw = random.Random(SEED)  # noqa: S311 - the same at each run
    made = bodies(draw)
    for number in range(FUZZ_ROUNDS):
        message = foreign_request(draw, made.make(), target.path)
        answer = target.send(message)
        assert answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 405 ")), (SEED, number, message[:300], answer[:300])

    target.assert_well()


def test_many_senders_at_once_are_all_answered_200(target: Target) -> None:
    answers: list[bytes] = []

    def send(seed: int) -> None:
        draw = random.Random(seed)  # noqa: S311 - the same at each run
        made = bodies(draw)
        answers.extend(target.send(request(draw, made.make(), target.path))[:12] for _ in range(FUZZ_ROUNDS // 10))

    senders = [threading.Thread(target=send, args=(SEED + number,)) for number in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert answers == [b"HTTP/1.1 200"] * (8 * (FUZZ_ROUNDS // 10))
    target.assert_well()


def test_malformed_requests_do_no_harm(target: Target) -> None:
    draw = random.Random(SEED)  # noqa: S311 - the same at each run
    made = bodies(draw)
    for number in range(FUZZ_ROUNDS):
        target.send(broken_request(draw, made.make(), target.path))
        if number % 20 == 0:
            assert target.sandbox.deliveries[0].post_raw(b"[]") == 200, (SEED, number)

    target.assert_well()


def test_broken_connections_do_no_harm(target: Target) -> None:
    draw = random.Random(SEED)  # noqa: S311 - the same at each run
    made = bodies(draw)
    for _ in range(FUZZ_ROUNDS):
        message = request(draw, made.make(), target.path)
        with target.connect() as connection, contextlib.suppress(ConnectionError):
            # A reset, not an orderly end: nothing is left to wait for (SO_LINGER, on and 0 s).
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(message[: draw.randrange(len(message))])

    target.assert_well()


def connect_slowly(target: Target, connections: contextlib.ExitStack, count: int) -> None:
    """Open many connections that never send a complete request."""
    for number in range(count):
        connection = connections.enter_context(target.connect())
        connection.sendall(
            (b"", b"POST / HTTP/1.1\r\nA: b", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n[")[number % 3]
        )


def test_telemetry_arrives_despite_hundreds_of_slow_senders(target: Target) -> None:
    before = target.sandbox.footprint()
    with contextlib.ExitStack() as connections:
        connect_slowly(target, connections, SLOW_CONNECTIONS)
        assert target.sandbox.deliveries[0].post_raw(b"[]") == 200
        print(f"{SLOW_CONNECTIONS} slow senders: from {before} to {target.sandbox.footprint()}")
        target.assert_well()


def test_slow_senders_do_not_take_all_descriptors(target: Target) -> None:
    limits = (FEW_DESCRIPTORS, FEW_DESCRIPTORS)
    resource.prlimit(target.sandbox.process.pid, resource.RLIMIT_NOFILE, limits)
    with contextlib.ExitStack() as connections:
        connect_slowly(target, connections, FEW_DESCRIPTORS + 50)
        target.assert_well()


def test_disconnected_slow_senders_leave_nothing_behind(target: Target) -> None:
    before = target.sandbox.footprint()
    with contextlib.ExitStack() as connections:
        connect_slowly(target, connections, 100)
    most = before.descriptors + 2  # a push may be under way
    await_until(lambda: target.sandbox.footprint().descriptors <= most)

    assert target.sandbox.footprint().threads <= before.threads + 1
    target.assert_well()


@pytest.mark.integration
def test_a_post_is_acknowledged_only_once_it_is_queued() -> None:
    goes_on = threading.Event()
    answered = threading.Event()

    def take(_: bytes) -> None:
        goes_on.wait(PATIENCE_SECONDS)

    def post() -> None:
        with socket.create_connection(("127.0.0.1", listener.port), PATIENCE_SECONDS) as connection:
            connection.sendall(f"POST {listener.path} HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]".encode())
            if connection.recv(12) == b"HTTP/1.1 200":
                answered.set()

    with listening(take) as listener:
        sender = threading.Thread(target=post)
        sender.start()
        too_early = answered.wait(0.3)
        goes_on.set()
        sender.join()

    assert not too_early
    assert answered.is_set()
