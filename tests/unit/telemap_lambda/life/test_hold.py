"""How long the extension waits: in an invocation for a push, at shutdown for the last report."""

from __future__ import annotations

import pytest
from extension.lives import invocation

from telemap_lambda.life.waits import hold_until, last_wait
from telemap_lambda.telemetry.invocations import Invocations

NOW = 1_800_000_000.0
NOW_AS_TEXT = "2027-01-15T08:00:00.000Z"
FAR = NOW + 900
"""The deadline of a function that may run for a quarter of an hour."""


@pytest.fixture
def invocations() -> Invocations:
    """Return an invocation that began now, and of which nothing was heard."""
    invocations = Invocations(lambda: NOW)
    invocations.begin("a")
    return invocations


@pytest.mark.parametrize(("hold", "seconds"), [(0.1, 0.08), (0.2, 0.18), (0.4, 0.38), (0.02, 0.01), (0.001, 0.0005)])
def test_waiting_ends_a_little_before_the_hold_does(invocations: Invocations, hold: float, seconds: float) -> None:
    assert hold_until(invocations, hold, FAR) == pytest.approx(NOW + seconds, abs=1e-6)


def test_without_a_hold_nothing_is_waited_for(invocations: Invocations) -> None:
    assert hold_until(invocations, 0.0, FAR) < NOW


def test_the_hold_begins_when_the_function_is_done(invocations: Invocations) -> None:
    start, done, _ = invocation("a", duration_ms=5000)
    invocations.see([start, {**done, "time": NOW_AS_TEXT}])
    assert hold_until(invocations, 0.2, FAR) == pytest.approx(NOW + 0.18, abs=1e-6)

    invocations.begin("b")
    invocations.see([{**start, "record": {"requestId": "b"}}])
    assert hold_until(invocations, 0.2, FAR) == pytest.approx(NOW + 5.18, abs=1e-6), "as long as the longest one took"


@pytest.mark.parametrize("hold", [0.2, 60.0])
def test_the_next_event_is_asked_for_before_the_deadline(invocations: Invocations, hold: float) -> None:
    assert hold_until(invocations, hold, NOW + 0.25) == pytest.approx(NOW + 0.15, abs=1e-6)


def test_the_last_report_is_waited_for_half_a_second(invocations: Invocations) -> None:
    assert last_wait(invocations) == 0.5
    invocations.see(invocation("a")[:2])
    assert last_wait(invocations) == 0.5


def test_a_report_that_is_in_is_not_waited_for(invocations: Invocations) -> None:
    invocations.see(invocation("a"))
    assert last_wait(invocations) == 0


def test_without_an_invocation_a_last_post_is_waited_for_100_ms() -> None:
    assert last_wait(Invocations(lambda: NOW)) == 0.1
