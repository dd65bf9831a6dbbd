"""The sandbox's conditions: freezes, repeated and split posts, kills, restores."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from patience import PATIENCE_SECONDS

from telemap_lambda.sandbox import Load, Recording, Relay, Sandbox, SandboxResult, load, synthetic
from telemap_lambda.sandbox.ledger import Reports, reports_in
from telemap_lambda.sandbox.splitting import bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
FEW = Load(invocations=3, duration_ms=40)  # longer than Lambda keeps telemetry before it posts it


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert not [thread for thread in threading.enumerate() if thread not in before]


def play(layer: Path, recording: Recording, manners: dict[str, Any] | None = None, **options: Any) -> SandboxResult:
    environment = {"MANNERS": json.dumps({"linger": 0.3, "reported": PATIENCE_SECONDS} | (manners or {}))}
    patient = {"grace_seconds": 2 * PATIENCE_SECONDS, "post_timeout_seconds": PATIENCE_SECONDS}
    with Sandbox(layer, recording=recording, environment=environment, **{**patient, **options}) as sandbox:
        return sandbox.run()


def seen(text: str, kind: str) -> list[Any]:
    lines = [json.loads(line) for line in text.splitlines()]
    return [line[kind] for line in lines if kind in line]


def posts(result: SandboxResult) -> list[str]:
    return seen(result.stderr, "post")


def received(result: SandboxResult) -> list[Any]:
    return [one for post in posts(result) for one in json.loads(post)]


def requests_reported(result: SandboxResult) -> list[str]:
    return [one["record"]["requestId"] for one in received(result) if one["type"] == "platform.report"]


def comes_to_a_stop(process_id: int, seconds: float) -> bool:
    """Return whether a process is stopped by a signal within some time, which takes a moment for all threads."""
    until = time.monotonic() + seconds
    while "T (stopped)" not in Path(f"/proc/{process_id}/status").read_text():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


@pytest.mark.integration
@pytest.mark.parametrize("freeze", [True, False])
def test_between_invocations_the_process_is_stopped(layer: Path, *, freeze: bool) -> None:
    states = []
    recording = synthetic(FEW)
    with Sandbox(layer, recording=recording, freeze=freeze, grace_seconds=PATIENCE_SECONDS) as sandbox:
        sandbox.start()
        for invocation in recording.invocations:
            sandbox.invoke(invocation)
            states.append(comes_to_a_stop(sandbox.process.pid, PATIENCE_SECONDS if freeze else 0.2))
        sandbox.shutdown()
        result = sandbox.result()
    assert states == [freeze] * 3
    assert (result.exit_code, result.killed) == (0, False)


@pytest.mark.integration
def test_telemetry_waits_for_the_thaw_and_connections_can_drop(layer: Path) -> None:
    freezes: list[float] = []
    recording = synthetic(Load(invocations=2, duration_ms=5))
    result = play(layer, recording, hold_gap_seconds=0.2, on_freeze=lambda: freezes.append(time.monotonic()))
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    (first, _) = [line["at"] for line in lines if "platform.report" in line.get("post", "")]
    assert len(freezes) == 2
    assert first > freezes[0] + 0.2


@pytest.mark.integration
@pytest.mark.parametrize("after_thaw", [False, True])
def test_posts_with_lost_answers_are_repeated_unchanged(layer: Path, *, after_thaw: bool) -> None:
    conditions: dict[str, Any] = {
        "freeze": after_thaw,
        "repeat_every": 1,
        "repeat_after_thaw": after_thaw,
        "hold_gap_seconds": 0.2,
    }
    result = play(layer, synthetic(FEW), **conditions)
    came = posts(result)
    at: dict[str, list[float]] = {}
    for line in map(json.loads, result.stderr.splitlines()):
        at.setdefault(line.get("post", ""), []).append(line["at"])
    apart = max(times[1] - times[0] for body, times in at.items() if body and len(times) == 2)
    assert result.telemetry.repeats >= 2
    assert len(came) == result.telemetry.posts + result.telemetry.repeats
    assert len(set(came)) == result.telemetry.posts
    assert apart > 0.2 or not after_thaw  # what is not frozen never thaws: there they come at once
    assert set(requests_reported(result)) == {one.request_id for one in synthetic(FEW).invocations}
    assert result.reports.count == 3, "each report counts once"


@pytest.mark.integration
@pytest.mark.parametrize("framed", [True, False])
def test_a_record_too_long_for_a_post_is_split(layer: Path, *, framed: bool) -> None:
    recording = synthetic(Load(invocations=2, duration_ms=5, large_every=1))
    result = play(layer, recording, split_framed=framed)
    for body in posts(result):
        if len(body) > 200_000:
            with pytest.raises(json.JSONDecodeError):
                json.loads(body)
    assert result.reports.count == 2
    assert not any(one.failed for one in result.invocations)


EVENTS = [b'{"time":"a","type":"function","record":"12345678"}', b'{"time":"b","type":"function","record":"x"}']


def test_framed_pieces_repeat_the_envelope() -> None:
    assert bodies(EVENTS, 44, framed=True) == [
        b'[{"time":"a","type":"function","record":"12345678"},' + EVENTS[1] + b"]"
    ]
    first, second = bodies([EVENTS[0] + b" " * 60, EVENTS[1]], 60, framed=True)
    assert first == b'[{"time":"a","type":"function","record":"12345678"}' + b" " * 49 + b"}]"
    assert second == b'[{"time":"a","type":"function","record":' + b" " * 11 + b"," + EVENTS[1] + b"]"


def test_unframed_pieces_join_to_the_post() -> None:
    pieces = bodies(EVENTS, 30, framed=False)
    assert b"".join(pieces) == b"[" + b",".join(EVENTS) + b"]"
    assert max(map(len, pieces)) == 30


@pytest.mark.integration
def test_a_timeout_and_a_crash_end_the_process_and_the_next_invocation_starts_another(layer: Path) -> None:
    recording = synthetic(Load(invocations=7, duration_ms=5, timeout_every=3, crash_every=5))
    result = play(layer, recording)
    assert [life.ended_by for life in result.lives] == ["timeout", "failure", "timeout", "spindown"]
    assert [len(life.invocations) for life in result.lives] == [3, 2, 1, 1]
    assert [one.ending for one in result.invocations] == [None, None, "timeout", None, "failure", "timeout", None]
    assert not any(one.failed for one in result.invocations)
    reasons = [one["shutdownReason"] for one in seen(result.stderr, "event") if one["eventType"] == "SHUTDOWN"]
    assert reasons == ["timeout", "failure", "timeout", "spindown"]
    phases = [one["record"]["phase"] for one in received(result) if one["type"] == "platform.initStart"]
    assert phases == ["init", "invoke", "invoke", "invoke"]
    assert result.reports.by_status == {"success": 4, "timeout": 2, "error": 1}
    assert len({line["environment"]["AWS_LAMBDA_RUNTIME_API"] for line in map(json.loads, result.stderr.splitlines())
                if "environment" in line}) == 4  # fmt: skip


@pytest.mark.integration
def test_an_environment_can_be_removed_without_shutdown(layer: Path) -> None:
    result = play(layer, synthetic(Load(invocations=3, duration_ms=5, kill_every=2)), {"slow_to_ask": True})
    first, second = result.lives
    assert (first.ended_by, first.exit_code, first.killed) == ("taken", -9, False)
    assert (second.ended_by, result.exit_code, result.killed) == ("spindown", 0, False)
    assert first.reports.count == 1, "the last report was still to be delivered"
    assert [one["eventType"] for one in seen(first.stderr, "event")] == ["INVOKE", "INVOKE"]


@pytest.mark.integration
def test_an_environment_that_has_ended_refuses_the_next_event(layer: Path) -> None:
    recording = synthetic(Load(invocations=1, duration_ms=5))
    with Sandbox(layer, recording=recording, shutdown_timeout_seconds=0.3, grace_seconds=PATIENCE_SECONDS) as sandbox:
        sandbox.start()
        sandbox.invoke(recording.invocations[0])
        sandbox.take_away(refusing=True)
        (life,) = sandbox.result().lives
    assert life.ended_by == "refused"
    assert life.killed is False


@pytest.mark.integration
def test_a_restore_follows_the_snapshots_old_events(layer: Path) -> None:
    recording = synthetic(Load(invocations=1, duration_ms=5, initialization_type="snap-start"))
    began = datetime.now(UTC)
    events = received(play(layer, recording, snapshot_seconds=0.1))
    times = {one["type"]: datetime.fromisoformat(one["time"]) for one in events}
    old = ["platform.initStart", "platform.initRuntimeDone", "platform.initReport"]
    assert [one["type"] for one in events[:4]] == [*old, "platform.restoreStart"]
    assert all(times[kind] < began - timedelta(hours=2) for kind in old)
    assert times["platform.restoreStart"] > began + timedelta(seconds=0.1)


@pytest.mark.integration
def test_invocations_of_managed_instances_overlap(layer: Path) -> None:
    recording = synthetic(Load(invocations=4, duration_ms=5, initialization_type="lambda-managed-instances"))
    result = play(layer, recording, {"events": [["SHUTDOWN"]], "schemas": ["2025-01-29"]}, managed=True, concurrency=2)
    kinds = [one["type"] for one in received(result) if one["type"] in ("platform.start", "platform.report")]
    assert kinds == ["platform.start"] * 2 + ["platform.report"] * 2 + ["platform.start"] * 2 + ["platform.report"] * 2
    ids = [one.request_id for one in recording.invocations]
    assert requests_reported(result) == [ids[1], ids[0], ids[3], ids[2]]


@pytest.mark.integration
def test_telemetry_for_a_slow_listener_is_dropped_and_reported(layer: Path) -> None:
    recording = synthetic(Load(invocations=3, duration_ms=5, log_lines=500))
    result = play(layer, recording, {"reported": 0}, backlog_bytes=30_000)
    told = [one["record"] for one in received(result) if one["type"] == "platform.logsDropped"]
    assert result.telemetry.dropped > 0
    assert sum(record["droppedRecords"] for record in told) == result.telemetry.dropped
    assert sum(record["droppedBytes"] for record in told) > 100 * result.telemetry.dropped
    assert len(requests_reported(result)) == result.reports.count


@pytest.mark.integration
def test_memory_and_cpu_time_are_measured(layer: Path) -> None:
    result = play(layer, synthetic(FEW))
    (life,) = result.lives
    assert 1_000_000 < life.usage.peak_bytes < 500_000_000
    assert 0 < life.usage.cpu_seconds < 10


@pytest.mark.integration
def test_a_running_process_is_measured(layer: Path) -> None:
    with Sandbox(layer, recording=synthetic(FEW)) as sandbox:
        sandbox.start()
        taken = sandbox.footprint()
    assert taken.threads >= 2
    assert taken.descriptors >= 4
    assert taken.resident_bytes > 1_000_000


def test_synthetic_telemetry_is_lazy_and_deterministic() -> None:
    many = synthetic(Load(invocations=10**9, error_every=7))
    assert len(many.invocations) == 10**9
    assert many.invocations[123_456] == many.invocations[123_450:123_460][6]
    assert many.invocations[6].after[0]["record"]["status"] == "error"  # type: ignore[index]


def test_reports_are_added_up_by_status() -> None:
    recording = load(HERE.parent / "events" / "function_timeout.json")
    assert reports_in(recording.events) == Reports({"success": 2, "timeout": 1}, 3479.71, 3481.0)
    assert reports_in([None, {"type": "platform.report"}, {"type": "platform.report", "record": "x"}]).count == 2


def test_a_recording_shows_where_processes_ended() -> None:
    timeout = load(HERE.parent / "events" / "function_timeout.json").with_endings()
    crash = load(HERE.parent / "events" / "crash_and_failure.json").with_endings()
    assert [one.ending for one in timeout.invocations] == [None, "timeout", None]
    assert "failure" in [one.ending for one in crash.invocations]
    assert (
        dataclasses.replace(timeout.invocations[1], ending=None)
        in load(HERE.parent / "events" / "function_timeout.json").invocations
    )


@pytest.fixture
def echo(_integration: None) -> Iterator[int]:
    """Return the port of an echo server that serves one connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def serve() -> None:
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(ConnectionError):
                    while not over.is_set() and (sent := connection.recv(100)):
                        connection.sendall(sent)
                if over.is_set():
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        port: int = listener.getsockname()[1]
        yield port
        over.set()
        socket.create_connection(("127.0.0.1", port)).close()
        thread.join()


def exchange(connection: socket.socket, text: bytes) -> bytes:
    connection.sendall(text)
    return connection.recv(10)


@pytest.mark.parametrize("silently", [True, False])
def test_a_relay_drops_connections_and_accepts_new_ones(echo: int, *, silently: bool) -> None:
    with Relay("127.0.0.1", echo) as relay:
        host, _, port = relay.address.partition(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as first:
            assert exchange(first, b"one") == b"one"
            relay.drop(silently=silently)
            first.settimeout(0.1 if silently else PATIENCE_SECONDS)
            with pytest.raises(TimeoutError if silently else ConnectionError):
                exchange(first, b"two")
        if not silently:  # the server still serves the connection that died, and only one at a time
            with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as second:
                assert exchange(second, b"three") == b"three"
