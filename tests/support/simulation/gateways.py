"""The other side of a push: gateways, and the connection to them, that do what the script says.

A delivery that is new brings a `Receiver`: what it holds, and what a request does to that.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from functools import cache
from typing import TYPE_CHECKING

from simulation.hub import Where
from simulation.script import Exchange
from simulation.truth import OURS, Push, add, content_of, content_of_write, name_and_instance, series_of

from telemap.errors import PushError
from telemap.push import Gateway
from telemap.push.address import Origin
from telemap.push.connection import Answer, Connection, LostError
from telemap.push.credentials import SYSTEM
from telemap_lambda.delivery.endpoints import Endpoints
from telemap_lambda.delivery.secret import SecretError
from telemap_lambda.fake_database.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulation.hub import Hub, Tell
    from simulation.truth import Ledger

    from telemap.push.connection import Request
    from telemap_lambda.settings.model import Settings
    from telemap_lambda.world import World

_DEFAULT = Exchange()
_THAW_BREAKS_SECONDS = 20.0
SWEPT_SECONDS = 7200.0
SENT_AGAIN = "increments are sent again"
"""What the log says where increments may be counted twice."""

_OUT_OF_ORDER = 400


class Receiver(ABC):
    """What receives pushes, and what it holds."""

    adds_up = False
    keeps_samples = False

    def __init__(self) -> None:
        self.swept: set[str] = set()

    @abstractmethod
    def apply(self, request: Request, push: Push, content: dict[str, float], now: float) -> bool:
        """Apply a request, or the part of its content that is given; return whether it does not refuse that."""

    @abstractmethod
    def totals(self) -> dict[str, float]:
        """Return what it holds, over all processes."""

    def sweep(self, now: float) -> None:  # noqa: B027 - only groups can be swept
        """Delete what has not been pushed for hours."""


class Pushgateway(Receiver):
    """A Pushgateway: a group for each process, which a PUT replaces."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, dict[str, float]] = {}
        self.pushed_at: dict[str, float] = {}

    def apply(self, request: Request, push: Push, content: dict[str, float], now: float) -> bool:
        """Replace, or delete, the group; a POST of telemap's own metrics leaves the others as they are."""
        if request.method == "DELETE":
            self.groups.pop(push.group, None)
            self.pushed_at.pop(push.group, None)
            return True
        self.pushed_at[push.group] = now
        if request.method == "PUT":
            self.groups[push.group] = content
        else:
            self.groups.setdefault(push.group, {}).update(content)
        return True

    def totals(self) -> dict[str, float]:
        """Return what it holds, over all groups."""
        total: dict[str, float] = {}
        for group in self.groups.values():
            add(total, group)
        return total

    def sweep(self, now: float) -> None:
        """Delete groups that are hours old."""
        for group in [one for one, at in self.pushed_at.items() if now - at > SWEPT_SECONDS]:
            self.groups.pop(group, None)
            del self.pushed_at[group]
            self.swept.add(group)


class AddingGateway(Receiver):
    """A gateway that adds up what it is sent."""

    adds_up = True

    def __init__(self) -> None:
        super().__init__()
        self._total: dict[str, float] = {}

    def apply(self, request: Request, push: Push, content: dict[str, float], now: float) -> bool:  # noqa: ARG002 - as others
        """Add."""
        add(self._total, content)
        return True

    def totals(self) -> dict[str, float]:
        """Return the sums."""
        return self._total


class Database(Receiver):
    """A time-series database: samples with times of their own, of which the newest counts; counters never fall."""

    keeps_samples = True

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, dict[str, float]] = {}

    def apply(self, request: Request, push: Push, content: dict[str, float], now: float) -> bool:  # noqa: ARG002 - as others
        """Take samples."""
        last = self._last.setdefault(push.group, {})
        last.update({name: max(value, last.get(name, 0.0)) for name, value in content.items()})
        return True

    def totals(self) -> dict[str, float]:
        """Return the last values, over all processes."""
        total: dict[str, float] = {}
        for samples in self._last.values():
            add(total, samples)
        return total


class WriteDatabase(Receiver):
    """A Prometheus that receives remote write: it refuses requests with a sample that is older than one it has."""

    keeps_samples = True

    def __init__(self) -> None:
        super().__init__()
        self._samples = Samples()

    def apply(self, request: Request, push: Push, content: dict[str, float], now: float) -> bool:  # noqa: ARG002 - as others
        """Take all samples, or none."""
        found = series_of(request.body)
        if self._samples.out_of_order(found):
            return False
        self._samples.append(found, strict=True)
        return True

    def totals(self) -> dict[str, float]:
        """Return the last values, over all processes."""
        total: dict[str, float] = {}
        for labels, value in self._samples.latest():
            name, _ = name_and_instance(labels)
            if name.startswith(OURS):
                total[name] = total.get(name, 0.0) + value
        return total


RECEIVERS: dict[str, Callable[[], Receiver]] = {
    "replace": Pushgateway,
    "delta": AddingGateway,
    "import": Database,
    "remote-write": WriteDatabase,
}
URLS = {
    "replace": "http://gateway:9091",
    "delta": "http://gateway:9091",
    "import": "http://gateway:8428/api/v1/import/prometheus",
    "remote-write": "http://gateway:9090/api/v1/write",
}


class Outside:
    """The gateway and Secrets Manager, for all processes of a sandbox.

    Attributes:
        said: returns what telemap has logged.
        ledgers: what is true of each process.
        receiver: the gateway's own side.
        password: what it accepts.
        secret: what Secrets Manager has.
        secrets: all that it ever accepted.
        secrets_from: when Secrets Manager begins to answer.
        wants: returns what a request must hold to be let in.
        wrong: what was not as it should be.
        processes, connections: how many there have been.
        last_applied: the push of each group that was applied last.
        applied: what was applied of each push.
        in_flight: when requests that are under way will be answered.
        answered: the status that telemap got for each push; 0 for no answer.
        due: when the gateway answers each push that it answers in time.
        refused: pushes that it has refused as out of order.
        applied_at, answered_at: when that was.
    """

    def __init__(
        self, hub: Hub, delivery: str, exchanges: Sequence[Exchange], tell: Tell, said: Callable[[], str]
    ) -> None:
        self.hub = hub
        self.tell = tell
        self.said = said
        self.ledgers: list[Ledger] = []
        self.receiver = RECEIVERS[delivery]()
        self.password = self.secret = "s3cr3t-0"  # noqa: S105 - it opens nothing
        self.secrets = {self.password}
        self.secrets_from = 0.0
        self.wants: Callable[[], str] = str
        self.wrong: list[str] = []
        self.processes = self.connections = 0
        self.last_applied: dict[str, int] = {}
        self.applied: dict[int, dict[str, float]] = {}
        self.in_flight: dict[int, float] = {}
        self.answered: dict[int, int] = {}
        self.due: dict[int, float] = {}
        self.refused: set[int] = set()
        self.applied_at: dict[int, float] = {}
        self.answered_at: dict[int, float] = {}
        self._exchanges = iter(exchanges)
        self._number = 0

    def next_exchange(self) -> Exchange:
        """Return what happens to the next request."""
        return next(self._exchanges, _DEFAULT)

    def begin(self, request: Request, ledger: Ledger, connection: int) -> Push:
        """Take note of a request that is sent."""
        self._number += 1
        if "x-protobuf" in request.headers:
            content, group = content_of_write(request.body)
        else:
            content, group = content_of(request.body), request.target
        push = Push(
            self._number,
            self.hub.now,
            content,
            group,
            own=bool(request.body) and not content and b"telemap_" in request.body and bool(ledger.truth),
            deletes=request.method == "DELETE",
        )
        self.tell("push {0.number}: {1} {0.group}, {0.weight:g} in {0.size} series", push, request.method)
        # Both clocks say that less time has passed; or it froze between writing a push and sending it.
        is_blind = self.hub.stands_still and self.hub.steps_back
        is_blind = is_blind or (self.hub.step > 0 and self.hub.now - self.hub.thawed_at < 1.0)
        if push.group in self.receiver.swept and not push.deletes and not is_blind:
            self.wrong.append(f"SWEPT: push {push.number} goes to a group that was swept, which comes back with it")
        self.wrong += ledger.begin(push, connection)
        return push

    def apply_at(self, moment: float, request: Request, push: Push, *, part: bool) -> None:
        """Have the gateway apply a request."""
        content = dict(list(push.content.items())[: len(push.content) // 2]) if part else push.content

        def apply() -> None:
            if not self.receiver.apply(request, push, content, self.hub.now):
                self.refused.add(push.number)
                self.tell("the gateway refuses push {}: it is out of order", push.number)
                return
            self.applied[push.number] = content
            self.applied_at[push.number] = self.hub.now
            if not push.own:
                self.last_applied[push.group] = push.number
            if self.receiver.adds_up:
                self.wrong += self._more_than_sent(push)
            self.tell("the gateway applies push {}{}", push.number, " in part" if part else "")

        self.hub.at(moment, apply, Where.OUTSIDE)

    def _more_than_sent(self, push: Push) -> list[str]:
        """NEVER MORE: what adds up is never more than what Lambda told of by then, unless the log says that it may be.

        At the end, what is lost elsewhere would hide it.
        """
        there = self.receiver.totals()
        most: dict[str, float] = {}
        for ledger in self.ledgers:
            add(most, ledger.truth)
            add(most, ledger.doubtful)
        more = [series for series in push.content if there.get(series, 0.0) > most.get(series, 0.0)]
        if not more or SENT_AGAIN in self.said():
            return []
        return [f"NEVER MORE: with push {push.number}, the gateway has more than Lambda told of: {', '.join(more)}"]


@cache
def _origin(url: str) -> Origin:
    return Origin.of(url)


class SimulatedConnection(Connection):
    """A connection to the gateway, with the script's faults; what may be repeated, the real one's policy repeats."""

    def __init__(self, outside: Outside, ledger: Ledger, world: World, url: str, timeout: float) -> None:
        super().__init__(_origin(url), SYSTEM, None, timeout, monotonic=world.monotonic, now=world.now)
        self._outside = outside
        self._ledger = ledger
        self._world = world
        self._seconds = timeout
        self._kept = False
        outside.connections += 1
        self._connection_number = outside.connections

    @property
    def is_open(self) -> bool:
        """Return whether a connection is kept."""
        return self._kept

    def exchange_once(self, request: Request, deadline: float) -> Answer:
        """Ask once.

        Raises:
            PushError: there was no answer.
        """
        outside, hub = self._outside, self._outside.hub
        self._kept = False
        fate = outside.next_exchange()
        push = outside.begin(request, self._ledger, self._connection_number)
        outside.in_flight[push.number] = (
            math.inf if fate.kind == "hang" or fate.seconds >= self._seconds else hub.now + fate.seconds
        )
        try:
            status = self._answer(request, push, fate, deadline)
        except PushError as error:
            self._told(push, 0, str(error))
            raise
        finally:
            del outside.in_flight[push.number]
        self._told(push, status, "")
        self._kept = True
        return Answer(status, None, _words(request) if status >= 300 else b"", complete=True)

    def _told(self, push: Push, status: int, words: str) -> None:
        self._outside.answered[push.number] = status
        self._outside.answered_at[push.number] = self._outside.hub.now
        self._outside.tell("push {}: telemap gets {}", push.number, status or words)
        self._ledger.settle(push, status, self._outside.hub.now)

    def _answer(self, request: Request, push: Push, fate: Exchange, deadline: float) -> int:
        outside, hub = self._outside, self._outside.hub
        began = hub.now
        if fate.kind == "refuse":
            hub.await_arrival(0.001)
            raise PushError("the gateway cannot be reached: Connection refused", sent=False)
        accepted = outside.wants() in request.headers
        if accepted and fate.applied != "never":
            moment = began + (fate.late if fate.applied == "late" else min(fate.seconds, self._seconds) / 2)
            outside.apply_at(moment, request, push, part=fate.applied == "part")
        if fate.kind == "hang" or (fate.seconds >= self._seconds and fate.kind == "answer"):
            hub.sleep(deadline - hub.monotonic)
            raise PushError(f"the gateway did not answer within {self._seconds:g} s", sent=True)
        if fate.kind == "answer":
            outside.due[push.number] = began + fate.seconds
        hub.await_arrival(min(fate.seconds, self._seconds))
        if fate.kind == "break" or (fate.fragile and hub.now - began > _THAW_BREAKS_SECONDS):
            raise LostError("the gateway cannot be reached: Connection reset by peer", sent=True)
        if push.number in outside.refused and 200 <= fate.status < 300:
            return _OUT_OF_ORDER
        return fate.status if accepted else 401


def _words(request: Request) -> bytes:
    """Return what a gateway says that shows the credentials it was sent."""
    at = request.headers.find("Authorization")
    return f"no: {request.headers[at:]}".encode() if at >= 0 else b"no"


class SimulatedEndpoints(Endpoints):
    """The gateway and Secrets Manager, as one process sees them."""

    def __init__(self, outside: Outside, ledger: Ledger, world: World) -> None:
        self._outside = outside
        self._ledger = ledger
        self._world = world

    def connect(self, settings: Settings) -> Gateway:
        """Return the gateway, behind a simulated connection."""
        assert settings.gateway is not None
        url = settings.gateway.url
        connection = SimulatedConnection(self._outside, self._ledger, self._world, url, settings.push_timeout)
        return Gateway(url, {"job": "telemap"}, timeout=settings.push_timeout, api=settings.api, connection=connection)

    def read_secret(self, name: str) -> str:
        """Return the secret as it is now, after a while.

        Raises:
            SecretError: Secrets Manager has a bad moment.
        """
        outside = self._outside
        outside.hub.await_arrival(0.15)
        if outside.hub.now < outside.secrets_from:
            raise SecretError("it cannot be read now", passing=True)
        return json.dumps({"username": "lambda", "password": outside.secret}) if name == "basic" else outside.secret
