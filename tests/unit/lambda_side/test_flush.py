"""When to push, and what becomes of pushes."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Any

import pytest
from unit.lambda_side.expositions import value

from telemap.apply import apply
from telemap.compiler import compile as compile_mapping
from telemap.exposition import Renderer
from telemap.load import load
from telemap.store import Store
from telemap.store.own_metrics import OwnMetrics
from telemap_lambda.flush import LONGEST_PAUSE, Flush
from telemap_lambda.gateway import Behaviour, Gateway
from telemap_lambda.log import Log
from telemap_lambda.settings import GatewayAddress, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap_lambda.pusher import PushResult

GROUPING = {"job": "orders", "instance": "i-1"}
EVENTS = [{"type": "platform.start"}] * 3


class Flushing:
    """A flush of a real store to a real gateway, whose results are taken when the test says so."""

    def __init__(self, gateway: Gateway, **settings: Any) -> None:
        chosen = {"push_interval": 0.0, "push_timeout": 0.3, **settings}
        plan = compile_mapping(load("telemap:default"))
        own = OwnMetrics(plan, version="test")
        self.store = Store(plan, own=own)
        self.results: queue.SimpleQueue[PushResult] = queue.SimpleQueue()
        self.flush = Flush(
            Settings(gateway=GatewayAddress(gateway.url), **chosen),
            GROUPING,
            Renderer(self.store, without=frozenset(GROUPING)),
            own,
            self.results.put,
            Log("error"),
        )

    def see_events(self) -> None:
        apply(self.store.plan, EVENTS, self.store)
        self.flush.count_events(len(EVENTS))

    def push(self, times: int = 1) -> None:
        for _ in range(times):
            self.flush.start()
            self.flush.take(self.results.get(timeout=5))

    @property
    def pause(self) -> float:
        return self.flush._resume_at - time.monotonic()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


def test_a_push_is_due_when_there_is_something_new(gateway: Gateway) -> None:
    flushing = Flushing(gateway)
    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (False, False)
    flushing.see_events()
    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (True, True)
    flushing.push()

    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (False, False)
    assert value(gateway.text(), "aws_lambda_events_total", type="platform.start") == 3


def test_strictly_more_events_than_the_batch_size_are_needed(gateway: Gateway) -> None:
    flushing = Flushing(gateway, dispatch_min_batch_size=3)
    flushing.see_events()
    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (False, True)
    flushing.see_events()

    assert flushing.flush.due()


def test_what_came_during_a_push_counts_for_the_next(gateway: Gateway) -> None:
    flushing = Flushing(gateway)
    flushing.see_events()
    flushing.flush.start()
    flushing.see_events()
    assert flushing.flush.busy
    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (False, False)
    flushing.flush.take(flushing.results.get(timeout=5))

    assert not flushing.flush.busy
    assert flushing.flush.due()


def test_what_was_not_acknowledged_is_still_new(gateway: Gateway) -> None:
    flushing = Flushing(gateway, push_interval=60.0)
    gateway.behaviour = Behaviour.STATUS_500
    flushing.see_events()
    flushing.push()

    assert flushing.flush.due()


def test_pushes_at_invocations_keep_their_distance_from_acknowledged_ones(gateway: Gateway) -> None:
    flushing = Flushing(gateway, push_interval=60.0)
    flushing.see_events()
    flushing.push()
    flushing.see_events()

    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (False, True)


def test_after_three_failures_pushes_pause_and_the_pause_doubles(gateway: Gateway) -> None:
    gateway.behaviour = Behaviour.STATUS_500
    flushing = Flushing(gateway)
    flushing.see_events()
    flushing.push(times=2)
    assert flushing.flush.due()
    pauses = []
    for _ in range(8):
        flushing.push()
        pauses.append(flushing.pause)

    assert not flushing.flush.due()
    assert not flushing.flush.due_by_timer()
    assert pauses == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60], abs=0.5)


def test_a_gateway_may_fail_for_weeks(gateway: Gateway) -> None:
    gateway.stop()
    flushing = Flushing(gateway)
    flushing.push(times=1100)

    assert flushing.pause == pytest.approx(LONGEST_PAUSE, abs=1)


def test_a_success_ends_the_pause(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    gateway.behaviour = Behaviour.STATUS_500
    flushing = Flushing(gateway)
    flushing.flush._log.level = "warning"
    flushing.see_events()
    flushing.push(times=5)
    gateway.behaviour = Behaviour.NORMAL
    flushing.push()
    flushing.see_events()

    assert flushing.flush.due()
    first, second = capsys.readouterr().err.splitlines()
    assert "a push failed, the next one is to repair it: the gateway answered 500" in first
    assert "pushing works again" in second


def test_pushes_are_counted_by_their_outcome(gateway: Gateway) -> None:
    flushing = Flushing(gateway)
    gateway.behaviour = Behaviour.STATUS_500
    flushing.push(times=2)
    gateway.behaviour = Behaviour.NORMAL
    flushing.push(times=2)

    assert value(gateway.text(), "telemap_pushes_total", outcome="failure") == 2
    assert value(gateway.text(), "telemap_pushes_total", outcome="success") == 1
    assert value(gateway.text(), "telemap_push_duration_seconds_count") == 3
    assert value(gateway.text(), "telemap_last_push_success_timestamp_seconds") == pytest.approx(time.time(), abs=60)


def test_a_push_that_hangs_is_abandoned_and_the_next_goes_its_own_way(gateway: Gateway) -> None:
    gateway.behaviour = Behaviour.HANG
    flushing = Flushing(gateway, push_timeout=5.0)
    flushing.see_events()
    flushing.flush.start()
    until = time.monotonic() + 5
    while not gateway.requests and time.monotonic() < until:
        time.sleep(0.01)
    flushing.flush.abandon()
    gateway.behaviour = Behaviour.NORMAL
    flushing.push()

    assert not flushing.flush.busy
    assert value(gateway.text(), "aws_lambda_events_total", type="platform.start") == 3
    assert value(gateway.text(), "telemap_pushes_total", outcome="failure") == 1


def test_the_end_says_what_is_lost(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    flushing = Flushing(gateway)
    flushing.flush._log.level = "warning"
    flushing.see_events()
    flushing.push()
    flushing.flush.end()
    assert capsys.readouterr().err == ""
    gateway.behaviour = Behaviour.STATUS_500
    flushing.see_events()
    flushing.push()
    flushing.flush.end()

    assert "3 events may be lost" in capsys.readouterr().err.splitlines()[-1]
