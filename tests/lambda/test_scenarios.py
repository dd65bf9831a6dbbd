"""Whatever gateway, platform and telemetry do, no function fails or waits, and all reports reach the gateway."""

from __future__ import annotations

import dataclasses
import json
import socket
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from patience import ENDLESS_MS
from scenarios.world import (
    EACH_TIME,
    Scenario,
    World,
    assert_everything_is_there,
    assert_nobody_was_hurt,
    closed_port,
)
from servers.pushgateway import CREDENTIALS

from telemap_lambda.fake_gateway import Behaviour, FakeGateway
from telemap_lambda.sandbox import Load, Recording, Relay, synthetic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Literal, TypeAlias

    from servers.secrets import DeniedSecrets, SecretsManager

    from telemap_lambda.sandbox import SandboxResult

    Exact: TypeAlias = Literal["gateway", "last push", "nowhere"]

UNREACHABLE = {
    "down": f"127.0.0.1:{closed_port()}",
    "without_a_name": "gateway.invalid:9091",
}


def behaving(behaviour: Behaviour, exact: Exact = "nowhere", *, seconds: float = 0.5) -> Scenario:
    return Scenario(gateway=lambda: FakeGateway(behaviour=behaviour, delay_seconds=seconds), exact=exact)


def with_settings(**settings: str) -> Scenario:
    names = {f"TELEMAP_{name.upper()}": value for name, value in settings.items()}
    return Scenario(environment=EACH_TIME | names)


def mending(behaviour: Behaviour) -> Scenario:
    return Scenario(
        Load(invocations=12),
        environment=EACH_TIME | {"TELEMAP_PUSH_TIMEOUT_MS": "2000"},
        steps={2: lambda world: world.behave(behaviour), 6: lambda world: world.behave(Behaviour.NORMAL)},
    )


GATEWAYS = {
    "healthy": Scenario(healthy=True),
    "healthy_and_pushed_to_now_and_then": Scenario(Load(invocations=20), environment={}, healthy=True),
    "healthy_while_functions_take_a_millisecond": Scenario(Load(invocations=20, duration_ms=1)),
    **{name: Scenario(environment=EACH_TIME | {"GATEWAY": url}, exact="nowhere") for name, url in UNREACHABLE.items()},
    "slow": behaving(Behaviour.SLOW, "gateway"),
    "a_little_slow": behaving(Behaviour.SLOW, "gateway", seconds=0.1),
    "trickling": behaving(Behaviour.TRICKLE),
    "hanging": behaving(Behaviour.HANG),
    "resetting": behaving(Behaviour.RESET),
    "losing_its_answers": behaving(Behaviour.LOST_ANSWER, "gateway"),
    "answering_401": behaving(Behaviour.STATUS_401),
    "answering_500": behaving(Behaviour.STATUS_500, "last push"),
    "answering_400": Scenario(gateway=lambda: FakeGateway(status=400), exact="nowhere"),
    "repeating_what_it_was_sent": behaving(Behaviour.ECHO),
    "failing_each_third_time": Scenario(
        Load(invocations=12), gateway=lambda: FakeGateway(fail_every=3), exact="last push"
    ),
    "redirecting": behaving(Behaviour.REDIRECT, "last push"),
    "lying": behaving(Behaviour.LYING, "last push"),
    "resetting_for_a_while": mending(Behaviour.RESET),
    "hanging_for_a_while": mending(Behaviour.HANG),
    "refusing_for_a_while": mending(Behaviour.STATUS_500),
    "started_again_empty": Scenario(Load(invocations=12), steps={5: World.restart}),
    "behind_connections_that_are_reset_at_each_freeze": Scenario(freeze=Relay.drop),
    "behind_connections_that_die_at_each_freeze": Scenario(
        environment=EACH_TIME | {"TELEMAP_PUSH_TIMEOUT_MS": "2000"}, freeze=lambda relay: relay.drop(silently=True)
    ),
    "hanging_and_the_function_near_its_deadline": dataclasses.replace(
        behaving(Behaviour.HANG), load=Load(invocations=3, duration_ms=250),
        environment=EACH_TIME | {"TELEMAP_HOLD_MS": ENDLESS_MS},
        conditions={"function_timeout_seconds": 1.0, "max_duration_seconds": 0.25},
    ),
    "pushed_to_when_functions_are_done": with_settings(flush="end"),
    "pushed_to_as_it_seems_best": with_settings(flush="adaptive"),
    "pushed_to_when_functions_are_done_and_hangs": dataclasses.replace(
        behaving(Behaviour.HANG), environment=EACH_TIME | {"TELEMAP_FLUSH": "end"}
    ),
    "sent_compressed_text": with_settings(compression="gzip"),
    "adding_up": dataclasses.replace(with_settings(delivery="delta"), gateway=lambda: FakeGateway(adding=True)),
    "adding_up_and_failing_each_third_time": dataclasses.replace(
        with_settings(delivery="delta"), load=Load(invocations=12), exact="nowhere",
        gateway=lambda: FakeGateway(adding=True, fail_every=3),
    ),
    "left_without_the_group": dataclasses.replace(with_settings(on_shutdown="delete"), exact="last push"),
    "slow_and_the_sandbox_frozen_for_longer_than_a_push_may_take": dataclasses.replace(
        behaving(Behaviour.SLOW, "gateway"), load=Load(invocations=3),
        conditions={"hold_gap_seconds": 1.2}, environment=EACH_TIME | {"TELEMAP_PUSH_TIMEOUT_MS": "1000"},
    ),
}  # fmt: skip

LOGS = """
version: 1
include: [telemap:default]
metrics:
  lines_total: {type: counter, help: Lines., from: function}
"""

NEW_TYPE = {"time": 1, "type": "platform.new", "record": {}}
NONSENSE: tuple[object, ...] = (None, "text", 7, [], {"type": 7}, {"type": "function"}, NEW_TYPE)


def with_nonsense(load: Load) -> Recording:
    made = synthetic(load)
    odd = [dataclasses.replace(one, events=(*NONSENSE, *one.events)) for one in made.invocations]
    return dataclasses.replace(made, invocations=odd)


def without_the_end(load: Load) -> Recording:
    made = synthetic(load)
    cut = [dataclasses.replace(one, events=one.events[:-1]) for one in made.invocations]
    return dataclasses.replace(made, invocations=cut)


def report_first(load: Load) -> Recording:
    made = synthetic(load)
    moved = [dataclasses.replace(one, events=(*one.after, *one.events), after=()) for one in made.invocations]
    return dataclasses.replace(made, invocations=moved)


TELEMETRY = {
    "comes_twice": Scenario(conditions={"repeat_every": 1}),
    "comes_again_after_the_thaw": Scenario(conditions={"repeat_every": 1, "repeat_after_thaw": True}),
    "is_cut_as_lambda_cuts": Scenario(Load(invocations=6, large_every=2)),
    "is_cut_anywhere": Scenario(Load(invocations=6, large_every=2), conditions={"split_framed": False}),
    "is_cut_into_many_pieces": Scenario(Load(invocations=4, large_every=2), conditions={"split_at_bytes": 262_144}),
    "comes_in_bursts": Scenario(Load(invocations=4, log_lines=20_000)),
    "has_nonsense_in_it": Scenario(recording=with_nonsense),
    "does_not_say_when_functions_are_done": Scenario(recording=without_the_end),
    "does_not_say_when_functions_are_done_and_the_gateway_hangs": dataclasses.replace(
        behaving(Behaviour.HANG), recording=without_the_end
    ),
    "has_its_reports_first": Scenario(recording=report_first),
    "is_more_than_lambda_keeps": Scenario(Load(invocations=6, log_lines=2000), conditions={"backlog_bytes": 100_000}),
    "has_an_old_schema": Scenario(conditions={"schema_versions": ("2022-07-01",)}),
    "does_not_come": Scenario(conditions={"telemetry_supported": False}),
}

LIVES = {
    "functions_time_out": Scenario(Load(invocations=7, timeout_every=3)),
    "functions_time_out_and_the_gateway_hangs": dataclasses.replace(
        behaving(Behaviour.HANG), load=Load(invocations=4, timeout_every=2)
    ),
    "runtimes_crash": Scenario(Load(invocations=7, crash_every=3)),
    "functions_have_errors": Scenario(Load(invocations=8, error_every=2)),
    "environments_are_taken_away": Scenario(Load(invocations=7, kill_every=3)),
    "a_snapshot_is_restored": Scenario(
        Load(invocations=5, initialization_type="snap-start"), conditions={"snapshot_seconds": 0.3}
    ),
    "capacity_is_provisioned": Scenario(Load(invocations=5, initialization_type="provisioned-concurrency")),
    "instances_are_managed": Scenario(
        Load(invocations=40, initialization_type="lambda-managed-instances"),
        conditions={"managed": True, "concurrency": 8},
        environment=EACH_TIME | {"TELEMAP_FLUSH_INTERVAL_MS": "100"},
    ),
    "long_pauses_lie_between": Scenario(Load(invocations=4), conditions={"hold_gap_seconds": 0.5}),
    "nothing_is_frozen": Scenario(conditions={"freeze": False}),
}


def check(scenario: Scenario, layer: Path) -> SandboxResult:
    with World(scenario) as world:
        result = world.play(layer)
        assert_nobody_was_hurt(result, scenario)
        assert_everything_is_there(result, scenario, world.gateway)
    return result


@pytest.mark.parametrize("scenario", GATEWAYS.values(), ids=GATEWAYS)
def test_the_gateway_is(scenario: Scenario, extension_layer: Path) -> None:
    check(scenario, extension_layer)


@pytest.mark.parametrize("scenario", TELEMETRY.values(), ids=TELEMETRY)
def test_telemetry(scenario: Scenario, extension_layer: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "logs.yaml"
    mapping.write_text(LOGS)
    environment = {**scenario.environment, "MAPPING_FILE": str(mapping)}
    check(dataclasses.replace(scenario, environment=environment), extension_layer)


@pytest.mark.parametrize("scenario", LIVES.values(), ids=LIVES)
def test_a_life_in_which(scenario: Scenario, extension_layer: Path) -> None:
    check(scenario, extension_layer)


def test_events_before_a_snapshot_are_not_counted(extension_layer: Path) -> None:
    scenario = LIVES["a_snapshot_is_restored"]
    with World(scenario) as world:
        world.play(extension_layer)
        shown = world.gateway.text()
    assert value(shown, "aws_lambda_events_total", type="platform.initStart") == 0
    assert value(shown, "aws_lambda_events_total", type="platform.restoreStart") == 1


def test_an_environment_that_gets_no_more_events(extension_layer: Path) -> None:
    load = Load(invocations=4)
    refused = dataclasses.replace(synthetic(load).invocations[1], ending="refused")
    made = synthetic(load)
    recording = dataclasses.replace(made, invocations=[made.invocations[0], refused])
    scenario = Scenario(Load(invocations=2), recording=lambda _: recording, exact="nowhere")
    check(scenario, extension_layer)


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """Return a port that never accepts connections, so that connecting to it takes forever."""
    with socket.socket() as deaf, socket.socket() as first:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port: int = deaf.getsockname()[1]
        first.connect(("127.0.0.1", port))
        yield port


def test_a_gateway_that_drops_packets(extension_layer: Path, deaf_port: int) -> None:
    environment = EACH_TIME | {"GATEWAY": f"127.0.0.1:{deaf_port}"}
    check(Scenario(environment=environment, exact="nowhere"), extension_layer)


def test_a_secrets_manager_that_drops_packets(extension_layer: Path, deaf_port: int) -> None:
    environment = EACH_TIME | {"AUTH_SECRET": "any", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{deaf_port}"}
    environment |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    check(Scenario(environment=environment, exact="nowhere"), extension_layer)


def test_a_secret_that_is_denied(extension_layer: Path, denied_secrets: DeniedSecrets) -> None:
    environment = EACH_TIME | {**denied_secrets.environment, "AUTH_SECRET": "any"}
    check(Scenario(environment=environment, exact="nowhere"), extension_layer)


OLD, NEW = "open-sesame-1", "open-sesame-2"
DEBUG = {"TELEMAP_LOG_LEVEL": "debug"}
SECRET_LIFE = Load(invocations=12, duration_ms=200)
"""Long enough for a child process to read a secret while the sandbox is awake: it imports boto3."""


def test_a_password_that_changes_during_a_life(extension_layer: Path, secrets_manager: SecretsManager) -> None:
    name = "scenarios/rotated"
    secret = {"username": CREDENTIALS.username, "password": OLD}
    secrets_manager.create_secret(name, json.dumps(secret))

    def rotate(world: World) -> None:
        secrets_manager.change_secret(name, json.dumps(secret | {"password": NEW}))
        port = int(world.gateway.url.rpartition(":")[2])
        world.gateway.stop()
        world.gateway = FakeGateway(port=port, username=CREDENTIALS.username, password=NEW).start()

    scenario = Scenario(
        SECRET_LIFE,
        environment=EACH_TIME | DEBUG | {**secrets_manager.environment, "AUTH_SECRET": name},
        conditions={"max_duration_seconds": 0.2},
        gateway=lambda: FakeGateway(username=CREDENTIALS.username, password=OLD),
        steps={6: rotate},
    )
    said = check(scenario, extension_layer).stderr
    assert [word for word in (OLD, NEW, CREDENTIALS.username) if word in said] == []


def test_a_secret_still_being_read_at_shutdown(extension_layer: Path, secrets_manager: SecretsManager) -> None:
    name = "scenarios/late"
    secrets_manager.create_secret(name, json.dumps({"username": CREDENTIALS.username, "password": NEW}))
    scenario = Scenario(
        Load(invocations=2),
        environment=EACH_TIME | {**secrets_manager.environment, "AUTH_SECRET": name},
        gateway=lambda: FakeGateway(username=CREDENTIALS.username, password=NEW),
    )
    check(scenario, extension_layer)
