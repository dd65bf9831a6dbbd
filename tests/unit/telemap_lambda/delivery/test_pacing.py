"""When a push may begin."""

from __future__ import annotations

from typing import Any

import pytest

from telemap_lambda.delivery.pacing import LONGEST_PAUSE, Pacing
from telemap_lambda.settings.model import Settings


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 1_772_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pacing(clock: Clock, **settings: Any) -> Pacing:
    return Pacing(Settings(**settings), clock)


def test_strictly_more_events_than_the_batch_size_are_needed(clock: Clock) -> None:
    assert not pacing(clock, dispatch_min_batch_size=3).due(3)
    assert pacing(clock, dispatch_min_batch_size=3).due(4)
    assert not pacing(clock).due(0)


def test_pushes_keep_their_distance_from_acknowledged_ones(clock: Clock) -> None:
    one = pacing(clock, push_interval=10.0)
    one.succeeded()
    clock.now += 9.9
    assert not one.due(1)
    clock.now += 0.2

    assert one.due(1)


def test_a_clock_that_was_put_back_stops_nothing(clock: Clock) -> None:
    one = pacing(clock, push_interval=10.0)
    one.succeeded()
    for _ in range(5):
        one.failed()
    clock.now -= 3600

    assert one.due(1)


def test_after_three_failures_pushes_pause_and_the_pause_doubles(clock: Clock) -> None:
    one = pacing(clock)
    for _ in range(2):
        one.failed()
        assert one.possible()
    pauses = []
    for _ in range(8):
        one.failed()
        before = clock.now
        while not one.possible():
            clock.now += 0.5
        pauses.append(clock.now - before)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_gateway_may_fail_for_weeks(clock: Clock) -> None:
    one = pacing(clock)
    for _ in range(2000):
        one.failed()
    assert not one.possible()
    clock.now += LONGEST_PAUSE

    assert one.possible()


@pytest.mark.parametrize(
    ("mode", "gaps", "at_end"),
    [
        ("invoke", [1000.0], False),
        ("end", [0.01] * 10, True),
        ("adaptive", [], True),
        ("adaptive", [1800.0, 1.0, 1.0], True),
        ("adaptive", [0.1] * 10, False),
        ("adaptive", [*[0.1] * 10, 1800.0], True),
        ("adaptive", [*[1800.0] * 3, *[0.1] * 12], False),
    ],
)
def test_the_own_telemetry_of_rare_invocations_is_waited_for(
    clock: Clock, mode: str, gaps: list[float], *, at_end: bool
) -> None:
    one = pacing(clock, flush=mode)
    one.note_invocation()
    for gap in gaps:
        clock.now += gap
        one.note_invocation()

    assert one.at_end is at_end
