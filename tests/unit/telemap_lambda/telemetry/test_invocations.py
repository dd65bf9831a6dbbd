"""What is known of invocations from their events."""

from __future__ import annotations

from typing import Any

import pytest
from extension.lives import event, invocation

from telemap_lambda.telemetry.invocations import Invocations

DONE_AT = 1772439249.117  # the time that every event of `lives` has
NOW = DONE_AT + 1000


def of_type(kind: str, request_id: str = "a") -> dict[str, Any]:
    return next(one for one in invocation(request_id) if one["type"] == f"platform.{kind}")


def test_the_function_is_done_at_its_runtime_done() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    assert invocations.done_at is None
    invocations.see([of_type("start"), of_type("runtimeDone")])

    assert invocations.done_at == pytest.approx(DONE_AT, abs=1e-6)


def test_another_invocations_runtime_done_says_nothing() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("b")
    invocations.see(invocation("a"))

    assert invocations.done_at is None


def test_a_new_invocation_is_not_done() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    invocations.see(invocation("a"))
    invocations.begin("b")

    assert invocations.done_at is None


def test_a_runtime_done_may_overtake_its_invoke() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.see([of_type("start"), of_type("runtimeDone")])
    invocations.begin("a")

    assert invocations.done_at == pytest.approx(DONE_AT, abs=1e-6)


@pytest.mark.parametrize("moment", ["yesterday", "", None, 7, "9999-12-31T23:59:59.999Z"])
def test_a_runtime_done_whose_time_cannot_be_read_is_of_now(moment: object) -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    invocations.see([{**of_type("runtimeDone"), "time": moment}])

    assert invocations.done_at == NOW


def test_a_time_without_a_zone_is_utc() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    invocations.see([{**of_type("runtimeDone"), "time": "2026-03-02T08:14:09.117"}])

    assert invocations.done_at == pytest.approx(DONE_AT, abs=1e-6)


def test_a_report_is_awaited_until_it_arrives() -> None:
    invocations = Invocations(lambda: NOW)
    assert not invocations.report_awaited
    invocations.begin("a")
    invocations.see([of_type("start"), of_type("runtimeDone")])
    assert invocations.report_awaited
    invocations.see([of_type("report")])

    assert not invocations.report_awaited


def test_the_last_report_is_in_when_that_of_the_last_invoke_is() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.see(invocation("of a managed instance"))
    assert not invocations.last_report_in
    invocations.begin("a")
    assert not invocations.last_report_in
    invocations.see(invocation("a"))

    assert invocations.last_report_in


def test_on_managed_instances_a_start_alone_awaits_its_report() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.see([of_type("start", "a"), of_type("start", "b"), of_type("report", "a")])
    assert invocations.report_awaited
    invocations.see([of_type("report", "b")])

    assert not invocations.report_awaited


def test_a_report_that_is_lost_is_not_awaited_after_the_next_invoke() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    invocations.begin("b")
    invocations.see([of_type("report", "b")])

    assert not invocations.report_awaited


def test_a_report_says_that_its_invocation_is_done_when_its_runtime_done_was_lost() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    invocations.see([{**event("platform.report"), "record": {"requestId": "a"}}])

    assert invocations.done_at is not None


def test_a_runtime_done_that_names_no_invocation_is_taken_for_the_current_one() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    invocations.see([{"type": "platform.runtimeDone"}])

    assert invocations.done_at is not None


def test_telemetry_that_cannot_be_read_may_have_said_that_the_function_is_done() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    invocations.lost()

    assert invocations.done_at is not None


def test_what_is_no_event_is_passed_over() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    nonsense: list[Any] = [None, 1, "text", [], {}, {"type": 1}]
    invocations.see(
        [*nonsense, {"type": "platform.report", "record": "text"}, event("platform.report"), event("other")]
    )

    assert invocations.done_at is None
    assert invocations.report_awaited


def test_a_report_may_overtake_its_start() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    start, done, report = invocation("a")
    invocations.see([report])
    invocations.see([start, done])

    assert invocations.last_report_in
    assert not invocations.report_awaited


def test_telemetry_of_the_current_invocation_is_heard_of_by_its_start() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("b")
    invocations.see(invocation("a"))
    assert not invocations.heard_of
    invocations.see([of_type("start", "b")])

    assert invocations.heard_of


def test_a_function_is_done_by_the_time_that_the_longest_invocation_took() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    invocations.see([of_type("start")])
    assert invocations.done_by == NOW  # nothing is known yet of how long it takes
    invocations.see(invocation("a", duration_ms=30_000)[1:])
    assert invocations.done_by == pytest.approx(DONE_AT, abs=1e-6)
    invocations.begin("b")
    assert invocations.done_by == NOW  # nothing is heard of it
    invocations.see([of_type("start", "b")])

    assert invocations.done_by == NOW + 30


def test_no_end_is_waited_for_once_one_was_missing() -> None:
    invocations = Invocations(lambda: NOW)
    for request_id, told in (("a", invocation("a", duration_ms=30_000)), ("b", invocation("b")[::2])):
        invocations.begin(request_id)
        invocations.see(told)
    invocations.begin("c")
    invocations.see([of_type("start", "c")])

    assert not invocations.heard_of
    assert invocations.done_by == NOW


def test_what_lambda_dropped_may_have_said_that_the_function_is_done() -> None:
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    invocations.see([event("platform.logsDropped", droppedRecords=3)])

    assert invocations.done_at is not None
