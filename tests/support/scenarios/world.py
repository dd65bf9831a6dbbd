"""A gateway that can be made to misbehave, an extension in a sandbox before it, and what must hold whatever happens."""

from __future__ import annotations

import contextlib
import socket
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

import patience
from prometheus_client.parser import text_string_to_metric_families

from telemap_lambda.fake_gateway import Behaviour, FakeGateway
from telemap_lambda.sandbox import LifeResult, Load, Relay, Sandbox, SandboxResult, Step, synthetic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from telemap_lambda.sandbox import Recording

EACH_TIME = {"TELEMAP_PUSH_INTERVAL_MS": "0"}
NEVER_GIVEN_UP = {"TELEMAP_PUSH_TIMEOUT_MS": patience.ENDLESS_MS}


@dataclass(frozen=True)
class Scenario:
    """What happens in a life.

    Attributes:
        load: What the function does.
        environment: Its settings.
        conditions: What the platform does.
        gateway: How the gateway is made.
        steps: What happens to the gateway after an invocation, by its number.
        freeze: What happens to the gateway's connections at each freeze.
        recording: Made of the load, unless it changes that.
        exact: Where everything must be in the end: on the gateway, in what was pushed last, or nowhere.
        healthy: Whether nothing may be held at all: functions end when they see that the extension waits for the next.
    """

    load: Load = field(default_factory=lambda: Load(invocations=8))
    environment: Mapping[str, str] = field(default_factory=lambda: EACH_TIME)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    gateway: Callable[[], FakeGateway] = FakeGateway
    steps: Mapping[int, Callable[[World], None]] = field(default_factory=dict)
    freeze: Callable[[Relay], None] | None = None
    recording: Callable[[Load], Recording] = synthetic
    exact: Literal["gateway", "last push", "nowhere"] = "gateway"
    healthy: bool = False

    @property
    def variables(self) -> Mapping[str, str]:
        """What the function is set to. A push that leads nowhere is waited for without end by who waits for it."""
        return {**(NEVER_GIVEN_UP if self.exact == "nowhere" else patience.UNHURRIED), **self.environment}

    @property
    def all_conditions(self) -> Mapping[str, Any]:
        """What the platform does. Where all must arrive, it has the time that this takes on a busy machine."""
        healthy = {"until_asked": True, "max_duration_seconds": patience.PATIENCE_SECONDS} if self.healthy else {}
        end = patience.SHORT_END if self.exact == "nowhere" else {}
        return {**patience.CONDITIONS, **end, **healthy, **self.conditions}


class World:
    """The gateway of a scenario, and a relay before it; as a context manager.

    Args:
        scenario: What happens.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.gateway = scenario.gateway()
        self._scenario = scenario
        self._resources = contextlib.ExitStack()
        self.address = ""
        self._relay: Relay | None = None

    def __enter__(self) -> Self:
        self.gateway.start()
        self._resources.callback(self._stop)
        host, _, port = self.gateway.url.removeprefix("http://").partition(":")
        self._relay = self._resources.enter_context(Relay(host, int(port)))
        self.address = self._relay.address
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def _stop(self) -> None:
        self.gateway.stop()  # which may be another one than at the start

    def behave(self, behaviour: Behaviour) -> None:
        """Have the gateway behave in another way."""
        self.gateway.behaviour = behaviour

    def restart(self) -> None:
        """Have the gateway forget everything, and every connection."""
        port = int(self.gateway.url.rpartition(":")[2])
        self.gateway.stop()
        self.gateway = FakeGateway(port=port).start()

    def play(self, layer: Path) -> SandboxResult:
        """Play the scenario."""
        scenario, relay = self._scenario, self._relay
        assert relay is not None
        environment = {"GATEWAY": self.address, **scenario.variables}
        freeze = scenario.freeze

        def on_step(step: Step) -> None:
            if step.phase == "invocation" and step.number in scenario.steps:
                scenario.steps[step.number](self)

        with Sandbox(
            layer,
            recording=scenario.recording(scenario.load),
            environment=environment,
            on_freeze=None if freeze is None else lambda: freeze(relay),
            **scenario.all_conditions,
        ) as sandbox:
            return sandbox.run(on_step)


def assert_nobody_was_hurt(result: SandboxResult, scenario: Scenario) -> None:
    """Check what the extension owes to each function, whatever the gateway does."""
    assert [one.reason for one in result.invocations if one.failed] == []
    assert len(result.invocations) == scenario.load.invocations
    assert max(one.held_seconds for one in result.invocations) < patience.PATIENCE_SECONDS
    if scenario.healthy:
        assert [one.held_seconds for one in result.invocations if one.held_seconds] == []
    assert (result.exit_code, result.killed) == (0, False), result.stderr


def assert_everything_is_there(result: SandboxResult, scenario: Scenario, gateway: FakeGateway) -> None:
    """Check that each process that could say good-bye has left the sums over the reports that it was given."""
    if scenario.exact == "nowhere":
        return
    texts = [gateway.text()] if scenario.exact == "gateway" else _last_pushes(gateway)
    left = Counter(group for text in texts for group in _groups(text))
    owed = Counter(_sums(life) for life in orderly(result) if life.reports.count)
    assert owed - left == Counter(), f"owed {owed}, there {left}"


def _last_pushes(gateway: FakeGateway) -> list[str]:
    """Return what was pushed last to each group, whatever became of it."""
    pushed = {request.path: request.text for request in gateway.requests if request.method in ("PUT", "POST")}
    return list(pushed.values())


def orderly(result: SandboxResult) -> Sequence[LifeResult]:
    """Return the lives that ended by SHUTDOWN."""
    return [life for life in result.lives if not life.taken_away]


def _sums(life: LifeResult) -> tuple[object, ...]:
    reports = life.reports
    return (frozenset(reports.by_status.items()), round(reports.duration_ms, 2), round(reports.billed_ms, 2))


def _groups(text: str) -> Iterator[tuple[object, ...]]:
    """Return for each instance what `_sums` gives for a life."""
    statuses: dict[str, dict[str, int]] = {}
    sums: dict[tuple[str, str], float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            instance = sample.labels.get("instance", "")
            if sample.name == "aws_lambda_invocations_total":
                statuses.setdefault(instance, {})[sample.labels["status"]] = int(sample.value)
            elif sample.name.endswith("duration_seconds_sum"):
                sums[instance, sample.name] = round(sample.value * 1000, 2)
    for instance, counts in statuses.items():
        duration = sums.get((instance, "aws_lambda_duration_seconds_sum"), 0.0)
        billed = sums.get((instance, "aws_lambda_billed_duration_seconds_sum"), 0.0)
        yield (frozenset(counts.items()), duration, billed)


def closed_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
