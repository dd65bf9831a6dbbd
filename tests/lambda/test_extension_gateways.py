"""The extension in a sandbox, with working and failing gateways and secrets."""

from __future__ import annotations

import io
import json
import socket
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life, log_of
from patience import ENDLESS_MS, SHORT_END, UNHURRIED, invoke_until
from servers.pushgateway import CREDENTIALS

from telemap_lambda.fake_gateway import Behaviour, FakeGateway
from telemap_lambda.fake_gateway.access import Access

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from servers.pushgateway import Pushgateway
    from servers.secrets import DeniedSecrets, SecretsManager

    from telemap_lambda.sandbox import Sandbox, SandboxResult

EACH_TIME = {"TELEMAP_PUSH_INTERVAL_MS": "0"}
NEVER_GIVEN_UP = {"TELEMAP_PUSH_TIMEOUT_MS": ENDLESS_MS}
MANY = [str(number) for number in range(500)]
"""Request ids of more invocations than it ever takes until a push can be made."""


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


FAULTS = [
    (Behaviour.SLOW, None),
    (Behaviour.HANG, "it took too long"),
    (Behaviour.RESET, "cannot be reached"),
    (Behaviour.STATUS_401, "answered 401"),
    (Behaviour.STATUS_500, "answered 500: status 500 on request"),
    (Behaviour.REDIRECT, "redirects to gateway.invalid"),
]


@pytest.mark.parametrize(("behaviour", "said"), FAULTS, ids=lambda fault: getattr(fault, "name", ""))
def test_a_misbehaving_gateway_delays_nothing(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, behaviour: Behaviour, said: str | None
) -> None:
    embedded_gateway.behaviour, embedded_gateway.delay_seconds = behaviour, 0.5
    environment = {"GATEWAY": embedded_gateway.url, "TELEMAP_HOLD_MS": "150"} | EACH_TIME | NEVER_GIVEN_UP
    recording = life(*MANY, duration_ms=40)
    remaining = iter(recording.invocations)
    sandbox = open_sandbox(recording, environment, **(SHORT_END if behaviour is Behaviour.HANG else {}))
    sandbox.start()
    invoke_until(sandbox, remaining, lambda: embedded_gateway.requests)
    for _ in range(2):
        sandbox.invoke(next(remaining))
    sandbox.shutdown()
    result = sandbox.result()

    assert_a_good_life(result)
    if said is None:
        assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == len(result.invocations)
    else:
        first, *_, last = log_of(result)
        assert said in first
        assert "the last push was not acknowledged" in last
        assert len(result.stderr.splitlines()) <= 3


def test_a_gateway_that_is_down_delays_nothing(play: Callable[..., SandboxResult]) -> None:
    environment = {"GATEWAY": f"127.0.0.1:{closed_port()}", "TELEMAP_HOLD_MS": ENDLESS_MS} | EACH_TIME
    result = play(life("a", "b", "c", duration_ms=40), environment)

    assert_a_good_life(result)
    assert [words in line for words, line in zip(["refused", "may be lost"], log_of(result), strict=True)] == [True] * 2


def test_an_unknown_gateway_host_delays_nothing(play: Callable[..., SandboxResult]) -> None:
    result = play(life("a", "b"), {"GATEWAY": "http://gateway.invalid:9091"})

    assert_a_good_life(result)
    assert "cannot be reached" in log_of(result)[0]


@pytest.mark.parametrize("hold", [0, 100, 400])
def test_a_push_holds_the_function_as_long_as_configured(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, hold: int
) -> None:
    embedded_gateway.behaviour = Behaviour.HANG
    environment = {"GATEWAY": embedded_gateway.url, "TELEMAP_HOLD_MS": str(hold)} | EACH_TIME | NEVER_GIVEN_UP
    recording = life(*MANY, duration_ms=40)
    sandbox = open_sandbox(recording, environment, freeze=False, **SHORT_END)
    sandbox.start()
    invoke_until(sandbox, iter(recording.invocations), lambda: embedded_gateway.requests)
    sandbox.shutdown()
    result = sandbox.result()

    # The push is never answered. Waiting ends somewhat early, and where no end was ever told it begins with INVOKE.
    assert_a_good_life(result)
    assert result.invocations[-1].held_seconds >= (hold - 40) / 1000 - 0.05


def test_the_push_timeout_is_as_configured(play: Callable[..., SandboxResult], embedded_gateway: FakeGateway) -> None:
    embedded_gateway.behaviour = Behaviour.HANG
    environment = {"GATEWAY": embedded_gateway.url, "TELEMAP_PUSH_TIMEOUT_MS": "1000"}
    result = play(life("a"), environment)

    assert_a_good_life(result)
    assert "did not answer within 1 s" in log_of(result)[0]


def test_the_next_push_makes_up_for_a_failed_one(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    recording = life(*MANY, duration_ms=40)
    remaining = iter(recording.invocations)
    sandbox = open_sandbox(recording, {"GATEWAY": embedded_gateway.url} | EACH_TIME | UNHURRIED)
    embedded_gateway.behaviour = Behaviour.STATUS_500
    sandbox.start()
    invoke_until(sandbox, remaining, lambda: embedded_gateway.requests)
    embedded_gateway.behaviour = Behaviour.NORMAL
    sandbox.invoke(next(remaining))
    sandbox.shutdown()
    result = sandbox.result()

    assert_a_good_life(result)
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == len(result.invocations)
    assert value(embedded_gateway.text(), "telemap_pushes_total", outcome="failure") >= 1
    assert [line.partition(":")[0] for line in log_of(result)] == [
        "a push failed, the next one will make up for it",
        "pushing works again",
    ]


def test_pushes_resume_when_the_gateway_comes_back(open_sandbox: Callable[..., Sandbox]) -> None:
    recording = life(*MANY, duration_ms=40)
    remaining = iter(recording.invocations)
    port = closed_port()
    sandbox = open_sandbox(recording, {"GATEWAY": f"127.0.0.1:{port}"} | EACH_TIME | UNHURRIED)
    with FakeGateway(port=port) as gateway:
        sandbox.start()
        invoke_until(sandbox, remaining, lambda: gateway.requests)
    sandbox.invoke(next(remaining))
    with FakeGateway(port=port) as gateway:
        sandbox.invoke(next(remaining))
        sandbox.shutdown()
        result = sandbox.result()
        assert value(gateway.text(), "aws_lambda_duration_seconds_count") == len(result.invocations)
    assert_a_good_life(result)


OLD, NEW = "old", "new"


def secret(password: str) -> str:
    return json.dumps({"username": CREDENTIALS.username, "password": password})


def test_credentials_come_from_the_gateways_url(
    play: Callable[..., SandboxResult], authenticated_pushgateway: Pushgateway
) -> None:
    address = authenticated_pushgateway.url.removeprefix("http://")
    result = play(life("a"), {"GATEWAY": f"{CREDENTIALS.username}:open%20sesame@{address}"} | UNHURRIED)

    assert_a_good_life(result)
    assert result.stderr == ""
    assert value(authenticated_pushgateway.metrics(), "aws_lambda_duration_seconds_count") == 1


def play_with_secret(
    open_sandbox: Callable[..., Sandbox],
    gateway: str,
    environment: Mapping[str, str],
    name: str,
    settled: Callable[[], object],
) -> SandboxResult:
    """Play a life with a secret, until the secret is read or a problem is logged."""
    recording = life(*MANY, duration_ms=40)
    remaining = iter(recording.invocations)
    said = io.StringIO()
    environment = {**environment, "GATEWAY": gateway, "AUTH_SECRET": name} | EACH_TIME | UNHURRIED
    sandbox = open_sandbox(recording, environment, stderr=said, freeze=False)
    sandbox.start()
    invoke_until(sandbox, remaining, lambda: settled() or said.getvalue())
    sandbox.invoke(next(remaining))
    sandbox.shutdown()
    return sandbox.result()


@pytest.mark.parametrize("by_arn", [False, True])
def test_credentials_come_from_a_secret(
    open_sandbox: Callable[..., Sandbox],
    secrets_manager: SecretsManager,
    authenticated_pushgateway: Pushgateway,
    *,
    by_arn: bool,
) -> None:
    name = f"extension/good-{by_arn}"
    arn = secrets_manager.create_secret(name, secret(CREDENTIALS.password))
    environment = dict(secrets_manager.environment)
    if by_arn:
        environment["AWS_REGION"] = environment["AWS_DEFAULT_REGION"] = "us-east-1"
    gateway = authenticated_pushgateway
    pushed = lambda: "telemap_mapping_info" in gateway.metrics()  # noqa: E731
    result = play_with_secret(open_sandbox, gateway.url, environment, arn if by_arn else name, pushed)

    assert_a_good_life(result)
    assert result.stderr == ""
    assert value(authenticated_pushgateway.metrics(), "aws_lambda_duration_seconds_count") == len(result.invocations)


def test_a_password_that_changed_is_read_again(
    open_sandbox: Callable[..., Sandbox], secrets_manager: SecretsManager
) -> None:
    secrets_manager.create_secret("extension/changed", secret(OLD))
    environment = {**secrets_manager.environment, "AUTH_SECRET": "extension/changed"} | EACH_TIME | UNHURRIED
    recording = life(*MANY, duration_ms=40)
    remaining = iter(recording.invocations)
    with FakeGateway(username=CREDENTIALS.username, password=OLD) as gateway:
        sandbox = open_sandbox(recording, environment | {"GATEWAY": gateway.url}, freeze=False)
        sandbox.start()
        invoke_until(sandbox, remaining, lambda: gateway.requests)  # nothing is pushed before the secret is read
        assert {request.status for request in gateway.requests} == {200}
        before = len(gateway.requests)
        gateway.access = Access.basic(CREDENTIALS.username, NEW)
        secrets_manager.change_secret("extension/changed", secret(NEW))
        invoke_until(sandbox, remaining, lambda: len(gateway.requests) > before + 1)
        sandbox.invoke(next(remaining))
        sandbox.shutdown()
        result = sandbox.result()
        statuses = [request.status for request in gateway.requests[before - 1 :]]

    assert_a_good_life(result)
    assert result.stderr == ""
    assert statuses[:3] == [200, 401, 200]
    assert set(statuses[3:]) == {200}
    assert value(gateway.text(), "aws_lambda_duration_seconds_count") == len(result.invocations)


def test_a_denied_secret_delays_nothing_and_is_logged_once(
    open_sandbox: Callable[..., Sandbox], denied_secrets: DeniedSecrets, embedded_gateway: FakeGateway
) -> None:
    result = play_with_secret(open_sandbox, embedded_gateway.url, denied_secrets.environment, "any", lambda: False)

    assert_a_good_life(result)
    assert "AccessDeniedException" in log_of(result)[0]
    assert "may be lost" in log_of(result)[-1]
    assert (denied_secrets.calls, embedded_gateway.requests) == (1, ())


@pytest.mark.parametrize("text", ["s3same", '{"username": "lambda", "pass": "s3same"}'])
def test_a_secret_of_the_wrong_kind_is_reported_but_not_shown(
    open_sandbox: Callable[..., Sandbox], secrets_manager: SecretsManager, embedded_gateway: FakeGateway, text: str
) -> None:
    name = f"extension/other-{len(text)}"
    secrets_manager.create_secret(name, text)
    result = play_with_secret(open_sandbox, embedded_gateway.url, secrets_manager.environment, name, lambda: False)

    assert_a_good_life(result)
    assert "'password'" in log_of(result)[0]
    assert "s3same" not in result.stderr


def test_sending_credentials_over_plain_http_causes_one_warning(
    play: Callable[..., SandboxResult],
) -> None:
    result = play(life("a", "b"), {"GATEWAY": "http://lambda:s3same@gateway.invalid:9091"})

    assert_a_good_life(result)
    assert ["over plain http" in line for line in log_of(result)].count(True) == 1
    assert "s3same" not in result.stderr
