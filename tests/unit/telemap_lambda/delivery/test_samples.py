"""What becomes of pushes into a database: settled, pending, or not arrived."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Any

import pytest
from extension.recording_server import RecordingServer, Request
from patience import PATIENCE_SECONDS
from remote_write.database import STALE, Database, OutOfOrderError

from telemap.apply import apply
from telemap.compiler import compile as compile_mapping
from telemap.load import load
from telemap.remote_write import request as request_module
from telemap.store import Store
from telemap.store.own_metrics import OwnMetrics
from telemap_lambda.delivery import flush as flush_module
from telemap_lambda.delivery.endpoints import Endpoints
from telemap_lambda.delivery.flush import Flush
from telemap_lambda.fake_database.decoding import Series, decode
from telemap_lambda.local_server import Answer
from telemap_lambda.log import Log
from telemap_lambda.settings.reading import read_settings
from telemap_lambda.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap_lambda.delivery.pushes import PushResult

EVENTS = "aws_lambda_events_total"
OTHERS = [400, 409, 413, 422]
NOT_ARRIVED = [301, 307, 401, 403, 404, 405, 410, 415]
PENDING = [408, 425, 429, 500, 502, 503, 504]


class Receiver:
    """A database that answers what the test says: a status, before or after it has stored what came.

    Attributes:
        script: what is answered next, a status each; `stored` statuses begin with a plus; 0 is no answer. Then 204.
        stored: what arrived.
    """

    def __init__(self, *script: str) -> None:
        self.script = list(script)
        self.database = Database()
        self.server = RecordingServer(self._answer)

    def _answer(self, request: Request) -> Answer | None:
        word = self.script.pop(0) if self.script else "+204"
        status = int(word)
        if word.startswith("+"):
            try:
                self.database.write(request.body)
            except OutOfOrderError:
                status = status and 400
        if status in {0, 204}:
            return Answer(status) if status else None
        return Answer(status, b"words of the server", {"Retry-After": "40"} if status == 429 else {})

    @property
    def bodies(self) -> list[bytes]:
        """What was sent, in order."""
        return [request.body for request in self.server.requests]

    @property
    def written(self) -> list[dict[str, list[float]]]:
        """The values of each request, by name, and by type of event for the counter of events."""
        return [values(decode(body)) for body in self.bodies]


def values(found: list[Series]) -> dict[str, list[float]]:
    return {one.name: [sample.value for sample in one.samples] for one in found}


class Writing:
    """A flush of a real store into a receiver, whose results are taken when the test says so."""

    def __init__(self, receiver: Receiver, **variables: str) -> None:
        environment = {"GATEWAY": f"{receiver.server.url}/api/v1/write", "TELEMAP_PUSH_INTERVAL_MS": "0", **variables}
        settings = read_settings({"TELEMAP_STEPS": "1", "TELEMAP_PUSH_TIMEOUT_MS": "60000", **environment})
        assert not settings.faults
        plan = compile_mapping(load("telemap:default"))
        own = OwnMetrics(plan, version="test")
        self.store = Store(plan, own=own)
        self.results: queue.SimpleQueue[PushResult] = queue.SimpleQueue()
        self.world = ShiftedWorld()
        grouping = {"job": "orders", "instance": "i-1"}
        self.log = Log("warning")
        self.flush = Flush(settings, grouping, self.store, own, self.results.put, self.log, self.world, Endpoints())

    def see(self, number: int = 1) -> None:
        apply(self.store.plan, [{"type": "platform.start"}] * number, self.store)
        self.flush.count_events(number)

    def push(self) -> None:
        self.world.ahead += 1
        self.flush.start()
        self.settle()

    def settle(self) -> None:
        while self.flush.busy:
            self.flush.take(self.results.get(timeout=PATIENCE_SECONDS))


class ShiftedWorld(World):
    """The machine's world, at another time."""

    ahead = 0.0

    def now(self) -> float:
        """Return the Unix time there."""
        return time.time() + self.ahead


@pytest.fixture
def receive(_integration: None) -> Iterator[Any]:
    """Return a function that makes a receiver with a script."""
    receivers = []

    def make(*script: str) -> Receiver:
        receiver = Receiver(*script)
        receivers.append(receiver.server.__enter__())
        return receiver

    yield make
    for server in receivers:
        server.__exit__()


def counted(receiver: Receiver) -> float:
    return receiver.database.counted(EVENTS, type="platform.start")


def test_what_was_counted_arrives_once(receive: Any) -> None:
    receiver = receive()
    writing = Writing(receiver)
    for _ in range(3):
        writing.see(2)
        writing.push()

    assert counted(receiver) == 6
    assert [one[EVENTS] for one in receiver.written] == [[0, 2], [2, 4], [4, 6]]
    assert not writing.flush.due()


@pytest.mark.parametrize("status", PENDING)
@pytest.mark.parametrize("stored", ["", "+"])
def test_the_same_bytes_are_sent_until_there_is_an_answer_and_then_what_is_newer(
    receive: Any, status: int, stored: str
) -> None:
    receiver = receive(f"{stored}{status}")
    writing = Writing(receiver)
    writing.see()
    writing.push()
    assert len(receiver.bodies) == 1
    writing.see(3)
    writing.push()
    first, repeat, newer = receiver.bodies

    assert first == repeat
    assert values(decode(newer))[EVENTS] == [1, 4]
    assert counted(receiver) == 4


@pytest.mark.parametrize("script", [["0"], ["+0"], ["+0", "0", "+0"], ["500", "+0", "503"], ["+500", "401"]])
def test_what_may_have_arrived_is_kept_however_often_it_fails(receive: Any, script: list[str]) -> None:
    receiver = receive(*script)
    writing = Writing(receiver)
    for _ in range(len(script) + 1):
        writing.see()
        writing.push()

    assert counted(receiver) == len(script) + 1
    assert len(set(receiver.bodies)) == len(receiver.bodies) - len(script)


@pytest.mark.parametrize("status", NOT_ARRIVED)
def test_what_did_not_arrive_is_made_anew(receive: Any, status: int) -> None:
    receiver = receive(str(status))
    writing = Writing(receiver)
    writing.see()
    writing.push()
    writing.see()
    writing.push()

    assert [one[EVENTS] for one in receiver.written] == [[0, 1], [0, 2]]
    assert counted(receiver) == 2


def test_a_database_that_is_down_takes_everything_later(receive: Any) -> None:
    receiver = receive()
    writing = Writing(receiver, GATEWAY="http://127.0.0.1:1/api/v1/write")
    writing.see()
    writing.push()
    assert writing.flush.due()
    assert writing.flush.pacing.failures == 1


@pytest.mark.parametrize("status", OTHERS)
def test_what_is_refused_for_good_is_lost_and_said_and_telemaps_own_families_are_sent_alone(
    receive: Any, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver = receive(str(status))
    writing = Writing(receiver)
    writing.see(2)
    writing.push()
    (line,) = capsys.readouterr().err.splitlines()
    _, own = receiver.written

    assert f"the gateway answered {status}: words of the server" in line
    assert "lost" in line
    assert not [name for name in own if not name.startswith("telemap_")]
    assert own["telemap_events_total"] == [0, 2]
    assert receiver.database.counted("telemap_pushes_total", outcome="lost") == 1
    assert not writing.flush.due()
    writing.see(3)
    writing.push()
    assert receiver.written[-1][EVENTS] == [2, 5]
    assert counted(receiver) == 3


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_repeat_that_is_refused_already_exists(receive: Any, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    receiver = receive("+0", str(status))
    writing = Writing(receiver)
    writing.see()
    writing.push()
    writing.see()
    writing.push()

    assert counted(receiver) == 2
    assert "lost" not in capsys.readouterr().err
    assert receiver.database.counted("telemap_pushes_total", outcome="lost") == 0


def test_retry_after_is_honoured_up_to_a_minute(receive: Any) -> None:
    receiver = receive("429")
    writing = Writing(receiver)
    writing.see()
    writing.push()
    assert not writing.flush.due()
    writing.world.ahead += 39
    assert not writing.flush.due()
    writing.world.ahead += 2

    assert writing.flush.due()


def test_what_is_large_goes_in_several_requests_one_after_the_other(
    receive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_module, "MAX_BYTES", 700)
    monkeypatch.setattr(request_module, "MAX_LINES", 1)
    receiver = receive("+204", "+500")
    writing = Writing(receiver)
    writing.see()
    writing.push()
    assert len(receiver.bodies) == 2
    writing.see()
    writing.push()
    sent = receiver.bodies

    assert len(sent) > 4
    assert sent[2] == sent[1]
    assert len({*sent}) == len(sent) - 1
    assert all(len(body) <= 700 for body in sent)
    assert counted(receiver) == 2
    assert not writing.flush.due()


def test_at_the_end_all_series_are_ended_a_millisecond_later(receive: Any) -> None:
    receiver = receive()
    writing = Writing(receiver, TELEMAP_ON_SHUTDOWN="delete")
    writing.see()
    writing.push()
    assert writing.flush.deletes
    writing.flush.delete()
    writing.settle()
    last, end = (decode(body) for body in receiver.bodies)
    newest = max(sample.at for series in last for sample in series.samples)

    assert {series.labels for series in end} == {series.labels for series in last}
    assert {(sample.bits, sample.at) for series in end for sample in series.samples} == {(STALE, newest + 1)}
    assert counted(receiver) == 1


def test_nothing_is_ended_while_the_last_push_may_still_arrive(receive: Any) -> None:
    receiver = receive("500")
    writing = Writing(receiver, TELEMAP_ON_SHUTDOWN="delete")
    writing.see()
    writing.push()
    writing.flush.delete()

    assert not writing.flush.busy


def test_a_push_that_hangs_is_given_up_and_sent_again(receive: Any) -> None:
    receiver = receive("+0")
    writing = Writing(receiver)
    writing.see()
    writing.flush.start()
    writing.flush.abandon()
    writing.push()
    writing.see()
    writing.push()

    assert counted(receiver) == 2
    assert not writing.flush.stale


def test_after_an_hour_without_an_answer_the_process_is_a_new_instance(
    receive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = receive("+204", "503")
    writing = Writing(receiver)
    writing.see(2)
    writing.push()
    writing.see(3)
    writing.push()
    monkeypatch.setattr(flush_module, "START_OVER_SECONDS", 0.0)
    writing.push()
    instances = [{dict(series.labels)["instance"] for series in decode(body)} for body in receiver.bodies]

    assert instances[0] == instances[1] == {"i-1"}
    assert instances[2] != instances[0]
    assert receiver.written[2][EVENTS] == [0, 3]
    assert counted(receiver) == 5


def test_victoriametrics_import_gets_text_with_times_and_the_labels_in_the_query(receive: Any) -> None:
    receiver = receive("204", "500", "204", "204")
    writing = Writing(receiver, GATEWAY=f"{receiver.server.url}/api/v1/import/prometheus", TELEMAP_COMPRESSION="none")
    for _ in range(3):
        writing.see()
        writing.push()
    first, second, repeat, third = receiver.server.requests

    assert first.path == "/api/v1/import/prometheus?extra_label=job=orders&extra_label=instance=i-1"
    assert first.headers["Content-Type"].startswith("text/plain")
    steps = [line.split()[1] for line in first.body.decode().splitlines() if line.startswith(EVENTS)]
    assert steps == ["0.0", "1.0"]
    assert repeat.body == second.body
    assert [line.split()[1] for line in third.body.decode().splitlines() if line.startswith(EVENTS)] == ["2.0", "3.0"]


def test_the_tenant_is_sent(receive: Any) -> None:
    receiver = receive()
    for path, header in (("/api/v1/push", "X-Scope-OrgID"), ("/api/v1/receive", "THANOS-TENANT")):
        writing = Writing(receiver, GATEWAY=f"{receiver.server.url}{path}", TELEMAP_TENANT="team-a")
        writing.push()
        assert receiver.server.requests[-1].headers[header] == "team-a"
