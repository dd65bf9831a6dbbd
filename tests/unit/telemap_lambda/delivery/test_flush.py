"""What becomes of pushes: of the whole group, of increments, of what the gateway refuses."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from extension.expositions import samples, value
from extension.recording_server import RecordingServer
from patience import PATIENCE_SECONDS, await_until

import telemap
from telemap.apply import apply
from telemap.compiler import compile as compile_mapping
from telemap.load import load
from telemap.store import Store
from telemap.store.own_metrics import OwnMetrics
from telemap_lambda.delivery import flush as flush_module
from telemap_lambda.delivery.endpoints import Endpoints
from telemap_lambda.delivery.flush import Flush
from telemap_lambda.fake_database.decoding import decode
from telemap_lambda.fake_gateway import Behaviour, FakeGateway
from telemap_lambda.local_server import Answer
from telemap_lambda.log import Log
from telemap_lambda.settings.gateway_url import GatewayAddress
from telemap_lambda.settings.model import Settings
from telemap_lambda.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from telemap_lambda.delivery.pushes import PushResult

GROUPING = {"job": "orders", "instance": "i-1"}
EVENTS = [{"type": "platform.start"}] * 3


class Flushing:
    """A flush of a real store to a real gateway, whose results are taken when the test says so."""

    def __init__(self, gateway: FakeGateway | GatewayAddress, **settings: Any) -> None:
        chosen = {"push_interval": 0.0, "push_timeout": PATIENCE_SECONDS, **settings}
        plan = compile_mapping(load("telemap:default"))
        own = OwnMetrics(plan, version="test")
        self.store = Store(plan, own=own)
        self.results: queue.SimpleQueue[PushResult] = queue.SimpleQueue()
        grouping = {"job": "orders"} if settings.get("delivery") == "delta" else GROUPING
        self.log = Log("error")
        self.flush = Flush(
            Settings(gateway=GatewayAddress(gateway.url), **chosen),
            grouping,
            self.store,
            own,
            self.results.put,
            self.log,
            World(),
            Endpoints(),
        )

    def see_events(self) -> None:
        apply(self.store.plan, EVENTS, self.store)
        self.flush.count_events(len(EVENTS))

    def push(self, times: int = 1) -> None:
        for _ in range(times):
            self.flush.start()
            self.settle()

    def settle(self) -> None:
        while self.flush.busy:
            self.flush.take(self.results.get(timeout=PATIENCE_SECONDS))


class LateGateway(FakeGateway):
    """Takes up its first push when the test says so, and the others at once."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.goes_on = threading.Event(), threading.Event()

    def decide(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None:
        """Carry out a request."""
        if not self.asked.is_set():
            self.asked.set()
            self.goes_on.wait(PATIENCE_SECONDS)
        return super().decide(method, path, headers, body)


@pytest.fixture
def gateway(_integration: None) -> Iterator[FakeGateway]:
    with FakeGateway() as running:
        yield running


def test_a_push_is_due_when_there_is_something_new(gateway: FakeGateway) -> None:
    flushing = Flushing(gateway)
    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (False, False)
    flushing.see_events()
    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (True, True)
    flushing.push()

    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (False, False)
    assert value(gateway.text(), "aws_lambda_events_total", type="platform.start") == 3


def test_strictly_more_events_than_the_batch_size_are_needed(gateway: FakeGateway) -> None:
    flushing = Flushing(gateway, dispatch_min_batch_size=3)
    flushing.see_events()
    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (False, True)
    flushing.see_events()

    assert flushing.flush.due()


def test_what_came_during_a_push_counts_for_the_next(gateway: FakeGateway) -> None:
    flushing = Flushing(gateway)
    flushing.see_events()
    flushing.flush.start()
    flushing.see_events()
    assert flushing.flush.busy
    assert not flushing.flush.due_by_timer()
    flushing.settle()

    assert not flushing.flush.busy
    assert flushing.flush.due()


def test_what_was_not_acknowledged_is_still_new(gateway: FakeGateway) -> None:
    flushing = Flushing(gateway, push_interval=60.0)
    gateway.behaviour = Behaviour.STATUS_500
    flushing.see_events()
    flushing.push()

    assert flushing.flush.due()


def test_pushes_at_invocations_keep_their_distance_from_acknowledged_ones(gateway: FakeGateway) -> None:
    flushing = Flushing(gateway, push_interval=60.0)
    flushing.see_events()
    flushing.push()
    flushing.see_events()

    assert (flushing.flush.due(), flushing.flush.due_by_timer()) == (False, True)


def test_a_success_ends_the_pause(gateway: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
    gateway.behaviour = Behaviour.STATUS_500
    flushing = Flushing(gateway)
    flushing.log.level = "warning"
    flushing.see_events()
    flushing.push(times=5)
    gateway.behaviour = Behaviour.NORMAL
    flushing.push()
    flushing.see_events()

    assert flushing.flush.due()
    first, second = capsys.readouterr().err.splitlines()
    assert "a push failed, the next one will make up for it: the gateway answered 500" in first
    assert "pushing works again" in second


def test_pushes_are_counted_by_their_outcome(gateway: FakeGateway) -> None:
    began = time.time()
    flushing = Flushing(gateway)
    gateway.behaviour = Behaviour.STATUS_500
    flushing.push(times=2)
    gateway.behaviour = Behaviour.NORMAL
    flushing.push(times=2)

    assert value(gateway.text(), "telemap_pushes_total", outcome="failure") == 2
    assert value(gateway.text(), "telemap_pushes_total", outcome="success") == 1
    assert value(gateway.text(), "telemap_push_duration_seconds_count") == 3
    assert began <= value(gateway.text(), "telemap_last_push_success_timestamp_seconds") <= time.time()


@pytest.mark.integration
def test_a_push_tells_of_failures_and_of_the_success_before_them() -> None:
    statuses = iter((503, 429, 204, 204))
    with RecordingServer(lambda _: Answer(next(statuses))) as server:
        gateway = GatewayAddress(f"{server.url}/api/v1/write")
        flushing = Flushing(gateway, delivery="remote-write")
        flushing.push(times=3)
    bodies = [request.body for request in server.requests]
    last = {series.name: series.samples[-1].value for series in decode(bodies[-1])}

    assert bodies[0] == bodies[1] == bodies[2] != bodies[3]
    assert last["telemap_pushes_throttled_total"] == 1
    assert "telemap_last_push_success_timestamp_seconds" not in last, "there was none before"


def test_a_push_that_hangs_is_abandoned_and_the_next_goes_its_own_way(gateway: FakeGateway) -> None:
    gateway.behaviour = Behaviour.HANG
    flushing = Flushing(gateway)
    flushing.see_events()
    flushing.flush.start()
    await_until(lambda: gateway.requests)
    flushing.flush.abandon()
    gateway.behaviour = Behaviour.NORMAL
    flushing.push()

    assert not flushing.flush.busy
    assert value(gateway.text(), "aws_lambda_events_total", type="platform.start") == 3
    assert value(gateway.text(), "telemap_pushes_total", outcome="failure") == 1


@pytest.mark.integration
@pytest.mark.integration
def test_a_push_that_was_given_up_may_overtake_the_next() -> None:
    with LateGateway() as gateway:
        flushing = Flushing(gateway)
        flushing.see_events()
        flushing.flush.start()
        assert gateway.asked.wait(PATIENCE_SECONDS)
        flushing.flush.abandon()
        assert flushing.flush.stale
        flushing.push()
        assert not flushing.flush.overtaken
        gateway.goes_on.set()
        flushing.flush.take(flushing.results.get(timeout=PATIENCE_SECONDS))

    assert (flushing.flush.stale, flushing.flush.overtaken) == (False, True)


def test_the_end_logs_what_is_lost(gateway: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
    flushing = Flushing(gateway)
    flushing.log.level = "warning"
    flushing.see_events()
    flushing.push()
    flushing.flush.end()
    assert capsys.readouterr().err == ""
    gateway.behaviour = Behaviour.STATUS_500
    flushing.see_events()
    flushing.push()
    flushing.flush.end()

    assert "3 events may be lost" in capsys.readouterr().err.splitlines()[-1]


def refuse(gateway: FakeGateway) -> None:
    """Have another group hold a family of ours as another type."""
    text = "# TYPE aws_lambda_events_total gauge\naws_lambda_events_total 1\n"
    requests.put(f"{gateway.url}/metrics/job/other", data=text, timeout=PATIENCE_SECONDS).raise_for_status()


def test_what_the_gateway_refuses_is_reported_once_and_telemaps_own_families_get_there(
    gateway: FakeGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse(gateway)
    flushing = Flushing(gateway)
    flushing.log.level = "warning"
    flushing.see_events()
    flushing.push(times=2)
    (line,) = capsys.readouterr().err.splitlines()
    mine = {name for name, _ in samples(gateway.text(), job="orders")}

    assert "the gateway refuses these metrics" in line
    assert "aws_lambda_events_total" in line
    assert "telemap_pushes_total" in mine
    assert not any(name.startswith("aws_lambda") for name in mine)
    assert value(gateway.text(), "telemap_pushes_total", outcome="failure") == 2
    assert [(request.method, request.status) for request in gateway.requests[1:]] == [
        ("PUT", 400),
        ("POST", 200),
        ("PUT", 400),
        ("POST", 200),
    ]


def test_what_was_there_before_a_refusal_remains(gateway: FakeGateway) -> None:
    flushing = Flushing(gateway)
    flushing.see_events()
    flushing.push()
    gateway.status = 400
    flushing.see_events()
    flushing.flush.start()
    refused = flushing.results.get(timeout=PATIENCE_SECONDS)
    gateway.status = None
    flushing.flush.take(refused)
    flushing.settle()

    assert value(gateway.text(), "aws_lambda_events_total", type="platform.start") == 3
    assert value(gateway.text(), "telemap_pushes_total", outcome="failure") == 1


def test_a_refused_push_is_tried_again_after_a_minute(gateway: FakeGateway) -> None:
    refuse(gateway)
    flushing = Flushing(gateway)
    now = time.time()
    flushing.flush.pacing._now = lambda: now
    flushing.see_events()
    flushing.push()
    assert not flushing.flush.due()
    now += 59
    assert not flushing.flush.due()
    now += 2

    assert flushing.flush.due()


def test_a_gateway_that_seems_to_add_up_gets_one_warning(
    gateway: FakeGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.status = 202
    flushing = Flushing(gateway)
    flushing.log.level = "warning"
    flushing.push(times=3)

    (line,) = capsys.readouterr().err.splitlines()
    assert "TELEMAP_DELIVERY=delta" in line


def test_after_an_hour_without_a_push_the_process_is_a_new_instance(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushing = Flushing(gateway)
    flushing.see_events()
    flushing.push()
    flushing.see_events()
    monkeypatch.setattr(flush_module, "START_OVER_SECONDS", 0.0)
    flushing.push()
    shown = {
        dict(labels)["instance"]: number
        for (name, labels), number in samples(gateway.text(), without=()).items()
        if name == "aws_lambda_events_total"
    }

    assert shown.pop("i-1") == 3
    assert list(shown.values()) == [3]


def test_increments_are_posted_to_a_group_without_instance(gateway: FakeGateway) -> None:
    flushing = Flushing(gateway, delivery="delta")
    flushing.see_events()
    flushing.push()
    flushing.see_events()
    flushing.see_events()
    flushing.push()
    flushing.push()

    assert [(request.method, request.path) for request in gateway.requests] == [("POST", "/metrics/job/orders")] * 2
    counts = [value(request.text, "aws_lambda_events_total", type="platform.start") for request in gateway.requests]
    assert counts == [3, 6]
    assert "telemap_" not in gateway.text()


@pytest.mark.parametrize("status", [401, 403, 404, 405, 408, 413, 429])
def test_increments_that_were_refused_stay_pending(gateway: FakeGateway, status: int) -> None:
    flushing = Flushing(gateway, delivery="delta")
    flushing.see_events()
    gateway.status = status
    flushing.push()
    gateway.status = None
    flushing.push()

    assert value(gateway.requests[-1].text, "aws_lambda_events_total", type="platform.start") == 3
    assert outcomes(flushing) == {"failure": 1, "success": 1}


@pytest.mark.parametrize("status", [400, 422])
def test_increments_that_may_have_been_added_in_part_are_lost(
    gateway: FakeGateway, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    flushing = Flushing(gateway, delivery="delta")
    flushing.log.level = "warning"
    flushing.see_events()
    gateway.status = status
    flushing.push()
    gateway.status = None
    flushing.see_events()
    flushing.push()

    assert value(gateway.requests[-1].text, "aws_lambda_events_total", type="platform.start") == 3
    assert outcomes(flushing) == {"lost": 1, "success": 1}
    assert "increments are lost" in capsys.readouterr().err


@pytest.mark.parametrize("behaviour", [Behaviour.STATUS_500, Behaviour.RESET, Behaviour.HANG])
def test_increments_of_unknown_outcome_are_sent_again_and_counted(gateway: FakeGateway, behaviour: Behaviour) -> None:
    flushing = Flushing(gateway, delivery="delta", push_timeout=2.0)
    flushing.see_events()
    gateway.behaviour = behaviour
    flushing.push()
    gateway.behaviour = Behaviour.NORMAL
    flushing.push()

    assert value(gateway.requests[-1].text, "aws_lambda_events_total", type="platform.start") == 3
    assert outcomes(flushing) == {"unknown": 1, "success": 1}


@pytest.mark.integration
def test_a_gateway_that_cannot_be_reached_has_added_nothing() -> None:
    gateway = FakeGateway()
    flushing = Flushing(gateway, delivery="delta")
    gateway.stop()
    flushing.see_events()
    flushing.push()

    assert outcomes(flushing) == {"failure": 1}


def outcomes(flushing: Flushing) -> dict[str, float]:
    """Return what is counted of pushes; delta does not push it."""
    found = samples(telemap.render(flushing.store), without=())
    return {dict(labels)["outcome"]: n for (name, labels), n in found.items() if name == "telemap_pushes_total"}


@pytest.mark.parametrize(
    ("settings", "deletes"),
    [
        ({"on_shutdown": "delete"}, True),
        ({}, False),
        ({"on_shutdown": "delete", "delivery": "delta"}, False),
    ],
)
def test_only_a_group_of_ones_own_is_deleted(gateway: FakeGateway, settings: dict[str, str], *, deletes: bool) -> None:
    assert Flushing(gateway, **settings).flush.deletes is deletes


def test_a_group_is_deleted(gateway: FakeGateway) -> None:
    flushing = Flushing(gateway, on_shutdown="delete")
    flushing.push()
    assert gateway.groups
    flushing.flush.delete()
    flushing.settle()

    assert not gateway.groups
