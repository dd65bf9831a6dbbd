"""From posts to series: repeats, replays, records that were cut."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from extension.lives import event, invocation

import telemap
from telemap.decode_steps import STEP_EVENTS
from telemap.json_extent import MAX_VALUES, PIECE
from telemap_lambda.barrier import INTERNAL_ERROR
from telemap_lambda.log import Log
from telemap_lambda.telemetry.inbox import Inbox
from telemap_lambda.telemetry.invocations import Invocations
from telemap_lambda.telemetry.posts import Telemetry, next_message
from telemap_lambda.world import World

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
        self.invocations = Invocations(time.time)
        self.number = 0
        self.telemetry = Telemetry(self.store, self.invocations, self._count, Log("warning"), snap_start=snap_start)

    def _count(self, number: int) -> None:
        self.number += number

    def post(self, events: list[Any]) -> None:
        self.take(json.dumps(events).encode())

    def take(self, body: bytes) -> int:
        """Take a post; give the most events that one turn applied."""
        self.telemetry.put(body)
        return self.finish()

    def begin(self) -> None:
        self.telemetry.begin()
        self.finish()

    def finish(self) -> int:
        most = 0
        while self.telemetry.is_busy:
            before = sum(self.events.values()) + self.dropped.get("malformed", 0)
            self.telemetry.turn()
            most = max(most, sum(self.events.values()) + self.dropped.get("malformed", 0) - before)
        return most

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
        taking.take(piece)
    taking.telemetry.end()

    assert taking.events["platform.report"] == 1
    assert taking.dropped == {"malformed": 1, "repeat": 4}


def test_a_middle_piece_with_whole_events_in_it_counts_once_when_it_is_repeated() -> None:
    taking = Taking()
    line = event("function") | {"record": "x" * 600}
    body = json.dumps([line, *invocation("a"), line, *invocation("b")]).encode()
    first, middle, last = body[:300], body[300 : body.rindex(b"xxx")], body[body.rindex(b"xxx") :]
    for piece in (first, middle, middle, last):
        taking.take(piece)

    assert taking.events["platform.report"] == 2
    assert taking.dropped == {"repeat": 1}


def test_pieces_may_be_equal() -> None:
    taking = Taking()
    for request_id in ("a", "b", "c"):
        body = json.dumps(invocation(request_id)).encode()
        for piece in (body[:-4], body[-4:]):
            taking.take(piece)

    assert taking.events["platform.report"] == 3
    assert taking.dropped == {}


def test_a_half_may_have_said_that_the_function_is_done() -> None:
    taking = Taking()
    taking.invocations.begin("a")
    assert taking.invocations.done_at is None
    taking.take(b"[{")

    assert taking.invocations.done_at is not None


def test_what_cannot_be_read_is_counted_in_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    taking = Taking()
    taking.take(b"nonsense")
    taking.take(b'{"a": 1}')
    taking.telemetry.end()

    assert taking.dropped == {"malformed": 2}
    assert capsys.readouterr().err.count("skipped a telemetry post") == 1


def test_dropped_logs_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    taking = Taking()
    taking.invocations.begin("a")
    for number in (1, 2):
        taking.post([event("platform.logsDropped", reason="too slow", droppedRecords=number, droppedBytes=10)])

    (line,) = capsys.readouterr().err.splitlines()
    assert "Lambda dropped telemetry before telemap received it" in line
    assert "too slow" in line
    assert taking.invocations.done_at is not None


def test_a_snapshot_applies_nothing_before_it_is_restored_and_none_of_its_own_start() -> None:
    taking = Taking(snap_start=True)
    taking.post(OLD)
    assert taking.telemetry.waits_for_restore
    taking.post([*OLD, *RESTORE])
    assert taking.events == {}
    taking.begin()
    assert not taking.telemetry.waits_for_restore

    assert taking.events == {"platform.restoreStart": 1, "platform.restoreReport": 1}
    assert taking.dropped == {"replay": 4}


def test_the_restore_may_come_after_the_invoke_and_the_replay_after_the_restore() -> None:
    taking = Taking(snap_start=True)
    taking.begin()
    taking.post(OLD)
    assert taking.events == {}
    taking.post(RESTORE)
    taking.post([*OLD, *invocation("a")])

    assert taking.events["platform.report"] == 1
    assert "platform.initStart" not in taking.events
    assert taking.dropped == {"replay": 4}


def test_a_process_that_starts_again_in_a_restored_sandbox_has_no_restore() -> None:
    taking = Taking(snap_start=True)
    taking.begin()
    taking.post([event("platform.initStart", phase="invoke")])
    assert taking.events == {}
    taking.post(invocation("a"))

    assert (taking.events["platform.initStart"], taking.events["platform.report"]) == (1, 1)
    assert taking.dropped == {}


def test_telemetry_that_waits_for_a_restore_is_not_lost_at_the_end() -> None:
    taking = Taking(snap_start=True)
    taking.begin()
    taking.post([event("platform.initStart", phase="invoke")])
    taking.telemetry.end()

    assert taking.events == {"platform.initStart": 1}


def test_a_snapshot_that_is_never_restored_keeps_little() -> None:
    taking = Taking(snap_start=True)
    for number in range(50):
        taking.post([{**OLD[0], "record": {"n": [number, index]}} for index in range(100)])

    assert taking.dropped == {"replay": 4000}


def logs(number: int, text: str = "a line") -> bytes:
    line = json.dumps(event("function") | {"record": text})
    return f"[{','.join([line] * number)}]".encode()


def report(durations: str) -> bytes:
    return b'{"type":"platform.report","record":{"requestId":"a","metrics":{"durationMs":%b}}}' % durations.encode()


TOO_MANY = b'{"type":"function","record":[' + b"[]," * MAX_VALUES + b"[]]}"
TOO_DEEP = b'{"type":"function","record":' + b"[" * 3000 + b"]" * 3000 + b"}"


def test_a_large_post_is_applied_once_in_turns_that_each_apply_little() -> None:
    taking = Taking()
    most = taking.take(logs(30_000))

    assert taking.events == {"function": 30_000}
    assert most <= STEP_EVENTS
    taking.take(logs(30_000))
    assert taking.events == {"function": 30_000}
    assert taking.dropped == {"repeat": 30_000}


def test_a_post_of_what_is_no_event_is_counted_in_turns() -> None:
    taking = Taking()
    most = taking.take(b"[" + b"[]," * 300_000 + b'{"type":"function"}]')

    assert taking.events == {"function": 1}
    assert taking.dropped == {"malformed": 300_000}
    assert most <= PIECE


@pytest.mark.parametrize("bad", [TOO_MANY, TOO_DEEP], ids=["too many values", "nested too deep"])
def test_an_event_that_cannot_be_decoded_does_not_lose_the_others_of_its_post(bad: bytes) -> None:
    taking = Taking()
    taking.take(b"[" + b",".join([report("5"), bad, report("6")]) + b"]")

    assert taking.events == {"platform.report": 2}
    assert taking.dropped == {"malformed": 1}


def test_an_invoke_is_served_between_two_turns_of_a_post() -> None:
    taking, inbox = Taking(), Inbox(10_000_000, World())
    inbox.put_telemetry(logs(30_000))
    post = next_message(inbox, taking.telemetry, None)
    assert isinstance(post, bytes)
    taking.telemetry.put(post)
    while not taking.events:
        assert next_message(inbox, taking.telemetry, None) is None
    inbox.put({"eventType": "INVOKE"})
    inbox.put_telemetry(logs(1))

    assert next_message(inbox, taking.telemetry, None) == {"eventType": "INVOKE"}
    assert 0 < taking.events["function"] <= STEP_EVENTS
    while taking.telemetry.is_busy:
        assert next_message(inbox, taking.telemetry, None) is None
    assert taking.events == {"function": 30_000}
    assert next_message(inbox, taking.telemetry, None) == logs(1)


NUMBERS = (
    "1" + "0" * 400,
    "-1" + "0" * 400,
    "1e999",
    "-1e999",
    "NaN",
    "-5",
    "1e300",
    '"5"',
    "true",
    "null",
    "[]",
    "{}",
)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("kind", ["platform.runtimeDone", "platform.report", "platform.logsDropped", "platform.start"])
def test_whatever_number_an_event_has_the_others_count(
    kind: str, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    taking = Taking()
    taking.invocations.begin("a")
    metrics = f'"durationMs":{number},"billedDurationMs":{number}'
    record = f'{{"requestId":{number},"droppedRecords":{number},"droppedBytes":{number},"metrics":{{{metrics}}}}}'
    odd = f'{{"time":{number},"type":"{kind}","record":{record}}}'
    taking.take(f'[{{"type":"function"}},{odd},{{"type":"function"}}]'.encode())

    assert taking.events["function"] == 2
    assert "internal_error" not in taking.dropped
    assert INTERNAL_ERROR not in capsys.readouterr().err
    assert taking.invocations.done_by < time.time() + 1000


def test_events_at_which_telemap_fails_are_counted_and_the_others_are_applied(
    capsys: pytest.CaptureFixture[str],
) -> None:
    taking = Taking()
    route = taking.store.route({"type": "function"})
    assert route is not None

    def fail(event: dict[str, Any]) -> bool:
        if event["record"] == "bad":
            raise ZeroDivisionError
        return bool(route[1](event))

    taking.store.routes["function"] = (route[0], fail)
    taking.post([event("function") | {"record": record} for record in ("bad", "good", "bad", "good", "bad")])
    taking.post(invocation("a"))

    assert taking.dropped == {"internal_error": 3}
    assert taking.events["platform.report"] == 1
    assert taking.number == 8
    assert capsys.readouterr().err.count("ZeroDivisionError()") == 1
