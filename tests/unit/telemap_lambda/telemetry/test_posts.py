"""From posts to series: repeats, replays, records that were cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from extension.lives import event, invocation

import telemap
from telemap_lambda.log import Log
from telemap_lambda.telemetry.invocations import Invocations
from telemap_lambda.telemetry.posts import Telemetry

if TYPE_CHECKING:
    import pytest

PLAN = telemap.compile(telemap.load("telemap:default"))


def at(time: str, kind: str, **record: object) -> dict[str, Any]:
    return {**event(kind, **record), "time": time}


OLD = [
    at("2026-02-27T08:00:00.000Z", "platform.initStart", initializationType="snap-start"),
    at("2026-02-27T08:00:01.000Z", "platform.initReport", initializationType="snap-start"),
]
RESTORE = [
    at("2026-03-02T08:14:08.000Z", "platform.restoreStart"),
    at("2026-03-02T08:14:08.400Z", "platform.restoreReport"),
]


class Taking:
    """Telemetry of a real store."""

    def __init__(self, *, snap_start: bool = False) -> None:
        self.store = telemap.Store(PLAN)
        self.invocations = Invocations()
        self.number = 0
        self.telemetry = Telemetry(self.store, self.invocations, self._count, Log("warning"), snap_start=snap_start)

    def _count(self, number: int) -> None:
        self.number += number

    def post(self, events: list[Any]) -> None:
        self.telemetry.take(json.dumps(events).encode())

    @property
    def events(self) -> dict[str, int]:
        return dict(self.store.counts.events)

    @property
    def dropped(self) -> dict[str, int]:
        return {reason: number for reason, number in self.store.counts.dropped.items() if number}


def test_a_post_that_comes_again_counts_once() -> None:
    taking = Taking()
    for _ in range(3):
        taking.post(invocation("a"))

    assert taking.events["platform.report"] == 1
    assert taking.dropped == {"repeat": 6}
    assert taking.number == 3


def test_halves_of_a_post_count_once_however_often_they_come() -> None:
    taking = Taking()
    body = json.dumps(invocation("a")).encode()
    for piece in (body[:100], body[:100], body[100:], body[100:], body[:100], body[100:]):
        taking.telemetry.take(piece)
    taking.telemetry.end()

    assert taking.events["platform.report"] == 1
    assert taking.dropped == {"malformed": 1, "repeat": 4}


def test_a_middle_piece_with_whole_events_in_it_counts_once_when_it_comes_again() -> None:
    taking = Taking()
    line = event("function") | {"record": "x" * 600}
    body = json.dumps([line, *invocation("a"), line, *invocation("b")]).encode()
    first, middle, last = body[:300], body[300 : body.rindex(b"xxx")], body[body.rindex(b"xxx") :]
    for piece in (first, middle, middle, last):
        taking.telemetry.take(piece)

    assert taking.events["platform.report"] == 2
    assert taking.dropped == {"repeat": 1}


def test_pieces_may_be_equal() -> None:
    taking = Taking()
    for request_id in ("a", "b", "c"):
        body = json.dumps(invocation(request_id)).encode()
        for piece in (body[:-4], body[-4:]):
            taking.telemetry.take(piece)

    assert taking.events["platform.report"] == 3
    assert taking.dropped == {}


def test_a_half_may_have_said_that_the_function_is_done() -> None:
    taking = Taking()
    taking.invocations.begin("a")
    assert taking.invocations.done_at is None
    taking.telemetry.take(b"[{")

    assert taking.invocations.done_at is not None


def test_what_cannot_be_read_is_counted_in_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    taking = Taking()
    taking.telemetry.take(b"nonsense")
    taking.telemetry.take(b'{"a": 1}')
    taking.telemetry.end()

    assert taking.dropped == {"malformed": 2}
    assert capsys.readouterr().err.count("a telemetry post is left out") == 1


def test_dropped_logs_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    taking = Taking()
    taking.invocations.begin("a")
    for number in (1, 2):
        taking.post([event("platform.logsDropped", reason="too slow", droppedRecords=number, droppedBytes=10)])

    (line,) = capsys.readouterr().err.splitlines()
    assert "Lambda dropped telemetry before it came here" in line
    assert "too slow" in line
    assert taking.invocations.done_at is not None


def test_a_snapshot_applies_nothing_before_it_is_restored_and_none_of_its_own_start() -> None:
    taking = Taking(snap_start=True)
    taking.post(OLD)
    assert taking.telemetry.waits_for_restore
    taking.post([*OLD, *RESTORE])
    assert taking.events == {}
    taking.telemetry.begin()
    assert not taking.telemetry.waits_for_restore

    assert taking.events == {"platform.restoreStart": 1, "platform.restoreReport": 1}
    assert taking.dropped == {"replay": 4}


def test_the_restore_may_come_after_the_invoke_and_the_replay_after_the_restore() -> None:
    taking = Taking(snap_start=True)
    taking.telemetry.begin()
    taking.post(OLD)
    assert taking.events == {}
    taking.post(RESTORE)
    taking.post([*OLD, *invocation("a")])

    assert taking.events["platform.report"] == 1
    assert "platform.initStart" not in taking.events
    assert taking.dropped == {"replay": 4}


def test_a_process_that_starts_again_in_a_restored_sandbox_has_no_restore() -> None:
    taking = Taking(snap_start=True)
    taking.telemetry.begin()
    taking.post([event("platform.initStart", phase="invoke")])
    assert taking.events == {}
    taking.post(invocation("a"))

    assert (taking.events["platform.initStart"], taking.events["platform.report"]) == (1, 1)
    assert taking.dropped == {}


def test_telemetry_that_waits_for_a_restore_is_not_lost_at_the_end() -> None:
    taking = Taking(snap_start=True)
    taking.telemetry.begin()
    taking.post([event("platform.initStart", phase="invoke")])
    taking.telemetry.end()

    assert taking.events == {"platform.initStart": 1}


def test_a_snapshot_that_is_never_restored_keeps_little() -> None:
    taking = Taking(snap_start=True)
    for number in range(50):
        taking.post([{**OLD[0], "record": {"n": [number, index]}} for index in range(100)])

    assert taking.dropped == {"replay": 4000}
