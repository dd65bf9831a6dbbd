"""One process of the extension: telemap's own code, with everything around it simulated."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Any

from simulation.gateways import URLS, SimulatedEndpoints
from simulation.hub import Where
from simulation.truth import MAPPING, Ledger
from simulation.world import SimulatedWorld

from telemap.compiler import compile as compile_mapping
from telemap.load import loads
from telemap_lambda.lambda_api import INVOKE, SHUTDOWN, LambdaApi, LambdaApiError
from telemap_lambda.life.extension import Surroundings, assemble
from telemap_lambda.life.mapping_choice import Chosen
from telemap_lambda.log import Log
from telemap_lambda.settings.gateway_url import GatewayAddress
from telemap_lambda.settings.model import Settings
from telemap_lambda.telemetry.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.gateways import Outside
    from simulation.hub import Tell
    from simulation.platform import Platform
    from simulation.script import Setup
    from simulation.truth import Event

    from telemap_lambda.telemetry.inbox import Inbox

FILE = 3
"""The descriptor of the connection to Lambda's API."""


@cache
def chosen() -> Chosen:
    """Return the compiled mapping."""
    return Chosen(compile_mapping(loads(MAPPING)), ())


def settings_of(setup: Setup) -> Settings:
    """Return telemap's settings."""
    password = "s3cr3t-0" if setup.credentials == "url" else ""
    return Settings(
        gateway=GatewayAddress(URLS[setup.delivery], "lambda" if password else "", password),
        auth_secret="basic" if setup.credentials == "secret" else "",
        auth_token_secret="token" if setup.credentials == "token" else "",
        delivery="replace" if setup.delivery == "import" else setup.delivery,
        flush=setup.flush,
        on_shutdown=setup.on_shutdown,
        hold=setup.hold,
        push_interval=setup.push_interval,
        flush_interval=setup.flush_interval,
        push_timeout=setup.push_timeout,
        dispatch_min_batch_size=setup.batch_size,
        max_pending_bytes=setup.pending_bytes,
        self_metrics=setup.self_metrics,
    )


class SimulatedListener(Listener):
    """Where posts come in: no socket, but what stands behind it."""

    def __init__(self, inbox: Inbox) -> None:
        self.take = inbox.put_telemetry
        self.port = 4243
        self.path = "/"

    def finish(self) -> None:
        """Answer what was taken: that is done already."""


class SimulatedApi(LambdaApi):
    """Lambda's API, as the process sees it."""

    def __init__(self, process: Process, *, managed: bool) -> None:
        self._process = process
        self.events = (SHUTDOWN,) if managed else (INVOKE, SHUTDOWN)

    @property
    def function_name(self) -> str:
        """The function's name."""
        return "simulated"

    def subscribe(self, port: int, path: str, types: Sequence[str]) -> bool:  # noqa: ARG002 - there is one listener
        """Subscribe: telemetry will come."""
        return True

    def ask(self) -> None:
        """Ask for the next event."""
        self._process.ask()

    @property
    def file(self) -> int:
        """The only descriptor there is."""
        return FILE

    def take(self) -> dict[str, Any] | None:
        """Return the next event if it has come.

        Raises:
            LambdaApiError: the script has the call refused.
        """
        return self._process.take_event()


class Process:
    """One process.

    Attributes:
        ledger: the truth of it.
        asks: whether it waits for the next event.
        refusals: how many calls of `event/next` are refused from now on.
        has_ended: whether it is gone.
        was_killed: whether it was killed.
        lines: its log.
    """

    def __init__(self, platform: Platform, outside: Outside, tell: Tell, said_from: int) -> None:
        self.hub = platform.hub
        self.setup = platform.setup
        self.ledger = Ledger(
            adds_up=outside.receiver.adds_up,
            keeps_samples=outside.receiver.keeps_samples,
            deletes=self.setup.on_shutdown == "delete",
        )
        self.asks = False
        self.refusals = 0
        self.refused_at = -1.0
        self.has_ended = self.was_killed = False
        self.shutdown_at = self.ended_at = 0.0
        self.report_due = self.healthy_before = self.clock_stepped = False
        self.invoked = False
        self.reported: set[str] = set()
        self.longest = 0.0
        self.broken_at = -1.0
        self.said_from = said_from
        self.told_start = ""
        self.told_done: dict[str, float] = {}
        self.knows_of_missing_end = False
        self.log = Log()
        self._halves: list[Event] = []
        self._platform = platform
        self._outside = outside
        self._tell = tell
        outside.processes += 1
        outside.ledgers.append(self.ledger)
        self._world = SimulatedWorld(self.hub, f"process{outside.processes}")
        self._answer: dict[str, Any] | LambdaApiError | None = None
        outside.wants = lambda: _authorization(self.setup.credentials, outside.password)
        settings = settings_of(self.setup)
        grouping = {"job": "simulated"}
        if settings.delivery != "delta":
            grouping["instance"] = self._world.random_id()
        self.life = assemble(
            SimulatedApi(self, managed=platform.managed),
            self.log,
            settings,
            chosen(),
            grouping,
            snap_start=self.setup.start == "snap-start",
            surroundings=Surroundings(
                self._world, SimulatedEndpoints(outside, self.ledger, self._world), SimulatedListener
            ),
        )
        self._world.start("main", self._run)

    def ask(self) -> None:
        """Take note that it asks for the next event, when Lambda hears of it: other threads have begun their work."""
        self.hub.at(self.hub.now, self._asked, Where.OUTSIDE)

    def _asked(self) -> None:
        if self.has_ended:
            return
        if self.refusals:
            self.refusals -= 1
            self.refused_at = self.hub.now
            self._arrive(LambdaApiError("event/next", 500, "refused"), 0.001)
            return
        self.asks = True
        self._tell("telemap asks for the next event")
        self._platform.asked()

    def take_event(self) -> dict[str, Any] | None:
        """Return what `event/next` is answered with.

        Raises:
            LambdaApiError: the call is refused.
        """
        answer, self._answer = self._answer, None
        if isinstance(answer, LambdaApiError):
            raise answer
        return answer

    def answer(self, event: dict[str, Any]) -> None:
        """Pass an event to the process."""
        self.asks = False
        self.invoked = self.invoked or event["eventType"] == INVOKE
        self._arrive(event, 0.0)

    def _arrive(self, answer: dict[str, Any] | LambdaApiError, seconds: float) -> None:
        def arrive() -> None:
            self._answer = answer
            self.life.inbox.arrivals.arrive(FILE)  # type: ignore[attr-defined]  # a simulated one

        self.hub.at(self.hub.now + seconds, arrive, Where.ARRIVAL)

    def take(self, body: bytes, events: list[Event], *, of_snapshot: bool, broken: int, half: Sequence[Event]) -> None:
        """Have the process take a post, of which so many parts are no telemetry.

        What is in half a post counts if the end of another one follows whose beginning was dropped.
        """
        if self.has_ended:
            self._platform.refused(self, events)
            return
        try:
            self.life.listener.take(body)  # type: ignore[attr-defined]  # a simulated one
        except OSError:
            self._platform.refused(self, events)
            return
        self._tell("telemap takes {} events in {} bytes", len(events), len(body))
        self.ledger.take(events, of_snapshot=of_snapshot)
        self.ledger.broken += broken
        self._halves += half
        if self.life.inbox.dropped:
            self.ledger.doubt(self._halves)
            self._halves.clear()
        if not events:
            self.broken_at = self.hub.now
        self._hear(events)
        self._platform.taken(self)

    def _hear(self, events: list[Event]) -> None:
        """Note what the events tell of ends of invocations."""
        for event in events:
            request_id = event.request_id
            if event.kind == "platform.runtimeDone":
                self.told_done.setdefault(request_id, self.hub.now)
                self.longest = max(self.longest, event.seconds)
            elif event.kind == "platform.start":
                self.told_start = request_id
            elif event.kind == "platform.report" and request_id == self.told_start not in self.told_done:
                self.knows_of_missing_end = True

    def kill(self) -> None:
        """End the process at once."""
        if not self.has_ended:
            self.has_ended = True
            self.ended_at = self.hub.now
        self.hub.kill(self._world.tasks)

    def _run(self) -> None:
        code = self.life.loop.run()
        self._tell("telemap ends with code {}", code)
        self.has_ended = True
        self.ended_at = self.hub.now
        self.hub.at(self.hub.now, self.kill, Where.OUTSIDE)
        self._platform.poke()


def _authorization(kind: str, password: str) -> str:
    """Return what a request must hold for the gateway to take it."""
    match kind:
        case "url" | "secret":
            name = base64.b64encode(f"lambda:{password}".encode()).decode()
            return f"Authorization: Basic {name}\r\n"
        case "token":
            return f"Authorization: Bearer {password}\r\n"
    return ""
