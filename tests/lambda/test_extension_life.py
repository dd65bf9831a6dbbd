"""The extension in a sandbox without failures: its pushes and its shutdown."""

from __future__ import annotations

import base64
import io
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from extension.expositions import value
from extension.lives import event, invocation, life
from extension.outcomes import assert_a_good_life
from extension.recording_server import RecordingServer
from patience import ENDLESS_MS, ENDLESS_SECONDS, PATIENCE_SECONDS, await_until, invoke_until

from telemap_lambda.local_server import Answer
from telemap_lambda.sandbox import Recording, Sandbox, SandboxResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from servers.pushgateway import Pushgateway

    from telemap_lambda.fake_gateway import FakeGateway

EACH_TIME = {"TELEMAP_PUSH_INTERVAL_MS": "0"}
EACH_ANSWERED = {"TELEMAP_HOLD_MS": ENDLESS_MS, "TELEMAP_PUSH_TIMEOUT_MS": ENDLESS_MS}
"""Settings with which the answer to each push is waited for."""

MAPPING = """
version: 1
metrics:
  parcels_total: {{type: counter, help: Parcels., from: {source}}}
"""


def await_telemetry(sandbox: Sandbox, events: int) -> None:
    """Wait until the extension has received a number of events."""
    await_until(lambda: sandbox.deliveries[0].counts.events >= events)


def start_ready_to_push(
    open_sandbox: Callable[..., Sandbox], recording: Recording, environment: dict[str, str], **options: Any
) -> Sandbox:
    """Start an extension, and wait until it has applied the telemetry of its start and can push at once."""
    said = io.StringIO()
    sandbox = open_sandbox(recording, {**environment, "TELEMAP_LOG_LEVEL": "debug"}, stderr=said, **options)
    sandbox.start()
    await_telemetry(sandbox, len(recording.init))
    await_until(lambda: "ready to push" in said.getvalue())
    return sandbox


def test_a_life_on_the_real_pushgateway(open_sandbox: Callable[..., Sandbox], pushgateway: Pushgateway) -> None:
    recording = life(*map(str, range(500)), duration_ms=40)
    remaining = iter(recording.invocations)
    sandbox = open_sandbox(recording, {"GATEWAY": pushgateway.url} | EACH_TIME, function_name="orders-api")
    sandbox.start()
    invoke_until(sandbox, remaining, lambda: "telemap_mapping_info" in pushgateway.metrics())
    sandbox.invoke(next(remaining))
    sandbox.shutdown()
    result = sandbox.result()
    shown = pushgateway.metrics()

    assert_a_good_life(result)
    assert result.stderr == ""
    assert value(shown, "aws_lambda_duration_seconds_count") == len(result.invocations)
    assert value(shown, "aws_lambda_events_total", type="platform.report") == len(result.invocations)
    assert value(shown, "telemap_mapping_fallback") == 0
    assert value(shown, "telemap_pushes_total", outcome="success") >= 1
    assert 'job="orders-api"' in shown


def test_pushes_are_puts_of_one_group_on_one_connection(open_sandbox: Callable[..., Sandbox]) -> None:
    recording = life(*map(str, range(500)), duration_ms=40)
    remaining = iter(recording.invocations)
    with RecordingServer(lambda _: Answer(200)) as gateway:
        sandbox = open_sandbox(recording, {"GATEWAY": f"{gateway.url}/some/prefix/"} | EACH_TIME)
        sandbox.start()
        invoke_until(sandbox, remaining, lambda: gateway.requests)
        sandbox.invoke(next(remaining))
        sandbox.shutdown()
    requests = gateway.requests

    assert_a_good_life(sandbox.result())
    assert len(requests) >= 2
    assert {request.method for request in requests} == {"PUT"}
    assert len({request.connection for request in requests}) == 1
    (path,) = {request.path for request in requests}
    assert path.startswith("/some/prefix/metrics/job/sandbox-function/instance/")


def test_each_process_is_a_new_instance(play: Callable[..., SandboxResult], embedded_gateway: FakeGateway) -> None:
    for _ in range(2):
        play(life("a"), {"GATEWAY": embedded_gateway.url})

    assert len(embedded_gateway.groups) == 2


@pytest.mark.parametrize("url", ["{host}", "http://{host}/", "lambda:s3same@{host}", "http://lambda:s3same@{host}"])
def test_the_password_in_the_gateways_url_is_not_logged(play: Callable[..., SandboxResult], url: str) -> None:
    with RecordingServer(lambda _: Answer(500, b"out of order")) as gateway:
        host = gateway.url.removeprefix("http://")
        result = play(life("a"), {"GATEWAY": url.format(host=host), "TELEMAP_LOG_LEVEL": "debug"})

    assert_a_good_life(result)
    given = {request.headers["Authorization"] for request in gateway.requests}
    basic = "Basic " + base64.b64encode(b"lambda:s3same").decode()
    assert given == ({basic} if "@" in url else {None})
    assert "out of order" in result.stderr
    assert "s3same" not in result.stderr


@pytest.mark.parametrize(("least", "pushes"), [("4", 2), ("20", 1)])
def test_only_more_events_than_the_batch_size_are_pushed_at_an_invocation(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, least: str, pushes: int
) -> None:
    init = [event("platform.initStart")] * 5  # and three of the invocation, which may come before its INVOKE does
    recording = Recording.from_events([*init, *invocation("a")])
    environment = {"GATEWAY": embedded_gateway.url, "DISPATCH_MIN_BATCH_SIZE": least, **EACH_ANSWERED}
    sandbox = start_ready_to_push(open_sandbox, recording, environment)
    sandbox.invoke(recording.invocations[0])
    sandbox.shutdown()

    assert_a_good_life(sandbox.result())
    assert len(embedded_gateway.requests) == pushes
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 1


@pytest.mark.parametrize(("interval", "pushes"), [(ENDLESS_MS, 2), ("0", 5)])
def test_pushes_respect_the_interval(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, interval: str, pushes: int
) -> None:
    environment = {"GATEWAY": embedded_gateway.url, "TELEMAP_PUSH_INTERVAL_MS": interval, **EACH_ANSWERED}
    recording = life("a", "b", "c", "d", duration_ms=40)
    sandbox = start_ready_to_push(open_sandbox, recording, environment, freeze=False)
    for number, one in enumerate(recording.invocations, start=1):
        sandbox.invoke(one)
        await_telemetry(sandbox, 1 + 3 * number)
    sandbox.shutdown()

    assert_a_good_life(sandbox.result())
    assert len(embedded_gateway.requests) == pushes
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 4


@pytest.mark.parametrize("job", ["orders", "a/b c", "ä", ".."])
def test_the_job_can_be_named(play: Callable[..., SandboxResult], pushgateway: Pushgateway, job: str) -> None:
    assert_a_good_life(play(life("a"), {"GATEWAY": pushgateway.url, "TELEMAP_JOB": job}))

    assert f'job="{job}"' in pushgateway.metrics()


def test_a_job_that_is_not_utf_8_is_pushed_anyway(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, tmp_path: Path
) -> None:
    mapping = tmp_path / "\udcff.yaml"
    mapping.write_text(MAPPING.format(source="platform.report"))
    environment = {"GATEWAY": embedded_gateway.url, "TELEMAP_JOB": "a\udcff", "MAPPING_FILE": str(mapping)}
    assert_a_good_life(play(life("a"), environment))

    assert value(embedded_gateway.text(), "parcels_total") == 1


def test_telemaps_own_metrics_can_be_disabled(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway
) -> None:
    play(life("a"), {"GATEWAY": embedded_gateway.url, "TELEMAP_SELF_METRICS": "false"})
    own = {line.split("{")[0] for line in embedded_gateway.text().splitlines() if line.startswith("telemap_")}

    assert own == {"telemap_mapping_info"}


@pytest.mark.parametrize(("interval", "early"), [("50", True), (ENDLESS_MS, False)])
def test_a_managed_instance_is_flushed_by_a_timer(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, interval: str, *, early: bool
) -> None:
    environment = {"GATEWAY": embedded_gateway.url, "TELEMAP_FLUSH_INTERVAL_MS": interval}
    recording = life("a", "b")
    sandbox = open_sandbox(recording, environment, managed=True)
    sandbox.start()
    for one in recording.invocations:
        sandbox.invoke(one)
    await_telemetry(sandbox, 7)
    if early:
        await_until(lambda: value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 2)
    else:
        time.sleep(0.3)
        assert embedded_gateway.requests == ()
    sandbox.shutdown()

    assert_a_good_life(sandbox.result())
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 2


def test_the_last_report_is_awaited_but_not_for_long(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway
) -> None:
    reported = play(life("a"), {"GATEWAY": embedded_gateway.url, "TELEMAP_JOB": "reported"})
    start, done, _ = invocation("a")
    recording = Recording.from_events([start, done])
    lost = play(
        recording, {"GATEWAY": embedded_gateway.url, "TELEMAP_JOB": "lost"}, shutdown_timeout_seconds=ENDLESS_SECONDS
    )

    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 1
    assert_a_good_life(reported)
    assert_a_good_life(lost)
    assert 0.5 <= lost.shutdown_seconds < PATIENCE_SECONDS


def test_a_report_that_came_before_the_shutdown_is_pushed(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    *before, report = invocation("a")
    recording = Recording.from_events(before)
    sandbox = open_sandbox(recording, {"GATEWAY": embedded_gateway.url}, freeze=False)
    sandbox.start()
    sandbox.invoke(recording.invocations[0])
    assert sandbox.deliveries[0].post_raw(json.dumps([report]).encode()) == 200
    sandbox.shutdown()

    assert_a_good_life(sandbox.result())
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 1


def test_telemetry_before_any_invocation_is_pushed_at_shutdown(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    sandbox = open_sandbox(life(), {"GATEWAY": embedded_gateway.url})
    sandbox.start()
    await_telemetry(sandbox, 1)
    sandbox.shutdown()

    assert_a_good_life(sandbox.result())
    assert value(embedded_gateway.text(), "aws_lambda_events_total", type="platform.initStart") == 1
