"""The sandbox, with a small real extension."""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from patience import ENDLESS_SECONDS, PATIENCE_SECONDS, await_until

from telemap_lambda.sandbox import (
    EnvironmentFailed,
    Recording,
    Sandbox,
    SandboxError,
    SandboxResult,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

HERE = Path(__file__).parent
PHASES = ["init", "invocation", "invocation", "shutdown"]
SEEN_BEFORE = "2026-03-02T08:14:09.117Z"


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert not [thread for thread in threading.enumerate() if thread not in before]


def event(kind: str, **record: object) -> dict[str, object]:
    return {"time": SEEN_BEFORE, "type": kind, "record": record}


def invocation(request_id: str, duration_ms: float = 1.0) -> list[object]:
    metrics = {"durationMs": duration_ms}
    return [
        event("platform.start", requestId=request_id),
        {"time": SEEN_BEFORE, "type": "function", "record": f"log of {request_id}"},
        event("platform.runtimeDone", requestId=request_id, status="success", metrics=metrics),
        event("platform.report", requestId=request_id, status="success", metrics=metrics),
    ]


def recording(*request_ids: str, duration_ms: float = 1.0) -> Recording:
    events: list[object] = [event("platform.initStart", initializationType="on-demand")]
    for request_id in request_ids:
        events += invocation(request_id, duration_ms)
    return Recording.from_events(events)


def patient(layer: Path, **options: Any) -> Sandbox:
    """Create a sandbox that judges its extension correctly even on a busy machine."""
    return Sandbox(layer, **{"grace_seconds": PATIENCE_SECONDS, "post_timeout_seconds": PATIENCE_SECONDS, **options})


def manners(**chosen: object) -> dict[str, str]:
    return {"MANNERS": json.dumps({"reported": PATIENCE_SECONDS, **chosen})}


def seen(result: SandboxResult, kind: str) -> list[Any]:
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    return [line[kind] for line in lines if kind in line]


def received(result: SandboxResult) -> list[Any]:
    return [one for post in seen(result, "post") for one in json.loads(post)]


def kinds(events: list[Any]) -> list[str]:
    return [one["type"].removeprefix("platform.") for one in events]


def test_a_normal_life(layer: Path) -> None:
    steps: list[Step] = []
    sink = io.StringIO()
    with patient(layer, recording=recording("a", "b"), environment=manners(), stderr=sink) as running:
        result = running.run(steps.append)
        calls = [call.name for call in running.calls]
    assert [one.failed for one in result.invocations] == [False, False]
    assert all(one.held_seconds < PATIENCE_SECONDS for one in result.invocations)
    assert (result.exit_code, result.killed) == (0, False)
    assert 0 < result.register_seconds < result.init_seconds < PATIENCE_SECONDS
    assert 0.05 <= result.shutdown_seconds < PATIENCE_SECONDS
    per_invocation = ["start", "function", "runtimeDone", "report"]
    assert kinds(received(result)) == ["initStart", *per_invocation, *per_invocation]
    assert (result.telemetry.events, result.telemetry.retries, result.telemetry.dropped) == (9, 0, 0)
    assert calls == ["register", "telemetry", "next", "next", "next"]
    assert [(step.phase, step.number) for step in steps] == list(zip(PHASES, [0, 1, 2, 0], strict=True))
    assert sink.getvalue() == result.stderr


def test_lifecycle_events_and_registration_match_lambdas(layer: Path) -> None:
    began_ms = time.time() * 1000
    result = patient(layer, recording=recording("a"), environment=manners()).run()
    invoke, shutdown = seen(result, "event")
    assert (invoke["eventType"], invoke["requestId"]) == ("INVOKE", "a")
    assert invoke["invokedFunctionArn"].endswith(":function:sandbox-function")
    assert invoke["tracing"]["type"] == "X-Amzn-Trace-Id"
    ended_ms = time.time() * 1000
    assert began_ms + 3000 - 1 <= invoke["deadlineMs"] <= ended_ms + 3000
    assert (shutdown["eventType"], shutdown["shutdownReason"]) == ("SHUTDOWN", "spindown")
    assert began_ms + 2000 - 1 <= shutdown["deadlineMs"] <= ended_ms + 2000
    (told,) = [line for line in seen(result, "told") if isinstance(line, dict)]
    assert told.keys() == {"functionName", "functionVersion", "handler", "accountId"}


def test_the_process_gets_only_lambdas_environment(layer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    result = patient(layer, recording=recording(), environment={**manners(), "GATEWAY": "g"}).run()
    (environment,) = seen(result, "environment")
    shells = {"PWD", "SHLVL", "_", "OLDPWD", "LC_CTYPE"}
    assert environment.keys() - shells == {
        "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_REGION", "AWS_DEFAULT_REGION",
        "LANG", "TZ", "PATH", "MANNERS", "GATEWAY",
    }  # fmt: skip
    assert environment["PATH"].split(":")[0] == str(Path(sys.executable).parent)
    assert environment["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"
    assert seen(result, "folder") + seen(result, "session") == ["/", True]


def test_a_report_arrives_with_the_next_invocation_or_at_shutdown(layer: Path) -> None:
    with patient(
        layer,
        recording=recording("a", "b"),
        environment=manners(slow_to_ask=True),
        hold_gap_seconds=0.1,
    ) as running:
        result = running.run()
        done_with_a = next(call.at for call in running.calls[1:] if call.name == "next")
        shutdown_at = running.life.shutdown_at
    lines = map(json.loads, result.stderr.splitlines())
    first, second = (line["at"] for line in lines if "platform.report" in line.get("post", ""))
    assert done_with_a + 0.1 <= first < shutdown_at
    assert second >= shutdown_at + 0.01


def test_a_slow_next_holds_the_sandbox(layer: Path) -> None:
    with patient(layer, recording=recording("a"), environment=manners(hold=1.0)) as running:
        (result,) = running.run().invocations
    assert 0.1 < result.held_seconds < PATIENCE_SECONDS
    assert not result.failed


def test_an_extension_that_stops_asking_times_the_function_out(layer: Path) -> None:
    with patient(
        layer,
        recording=recording("a", "b"),
        environment=manners(hold=ENDLESS_SECONDS),
        function_timeout_seconds=0.3,
        shutdown_timeout_seconds=0.2,
        init_timeout_seconds=PATIENCE_SECONDS,
        grace_seconds=0.0,
    ) as running:
        result = running.run()
    (only,) = result.invocations
    assert (only.failed, only.reason) == (True, "timed out because of the extension")
    assert (result.killed, result.exit_code) == (True, -9)


def test_an_extension_that_crashes_fails_the_invocation(layer: Path) -> None:
    result = patient(layer, recording=recording("a", "b", "c"), environment=manners(crash_at="b")).run()
    assert [(one.request_id, one.failed) for one in result.invocations] == [("a", False), ("b", True)]
    assert result.invocations[1].reason == "extension crashed, exit code 3"
    assert (result.exit_code, result.killed) == (3, False)


def test_a_failed_init_reports_reason_and_output(layer: Path) -> None:
    (layer / "extensions/telemap").write_text("#!/bin/sh\necho no python here\nexit 127\n")
    with pytest.raises(EnvironmentFailed, match=r"(?s)init failed: extension crashed, exit code 127.*no python here"):
        patient(layer, recording=recording()).run()


class SlowTerminal(io.StringIO):
    """Takes each line later than the process has ended."""

    def write(self, text: str) -> int:
        time.sleep(0.3)
        return super().write(text)


def test_a_failed_init_reports_the_last_line_that_was_written(layer: Path) -> None:
    (layer / "extensions/telemap").write_text("#!/bin/sh\necho first\necho second\nexit 1\n")
    with pytest.raises(EnvironmentFailed, match=r"(?s)its output:.*first.*second"):
        patient(layer, recording=recording(), stderr=SlowTerminal()).run()


@pytest.mark.parametrize(
    ("manner", "limit", "words"),
    [
        ({"init_error": "X.Y"}, PATIENCE_SECONDS, r"init/error: X\.Y"),
        ({"late": ENDLESS_SECONDS}, 0.3, r"did not register within 0\.3 s"),
    ],
)
def test_an_init_that_fails(layer: Path, manner: dict[str, Any], limit: float, words: str) -> None:
    with pytest.raises(EnvironmentFailed, match=words):
        patient(
            layer, recording=recording(), environment=manners(**manner), init_timeout_seconds=limit, grace_seconds=0.0
        ).run()


def test_a_layer_without_a_launcher_cannot_start(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="cannot be started"):
        patient(tmp_path, recording=recording()).run()


def test_an_extension_that_lingers_at_shutdown_is_killed_after_two_seconds(layer: Path) -> None:
    result = patient(
        layer, recording=recording("a"), environment=manners(linger=ENDLESS_SECONDS), grace_seconds=0.0
    ).run()
    assert (result.killed, result.exit_code) == (True, -9)
    assert 2 <= result.shutdown_seconds < PATIENCE_SECONDS


def test_leaving_the_context_ends_a_running_extension(layer: Path) -> None:
    with patient(layer, recording=recording("a"), environment=manners()) as running:
        running.start()
        process = running.process
    assert process.exit_code == -9


def test_a_refused_post_is_repeated(layer: Path) -> None:
    result = patient(layer, recording=recording("a"), environment=manners(refuse_posts=2)).run()
    assert kinds(received(result)) == ["initStart", "start", "function", "runtimeDone", "report"]
    assert (result.telemetry.retries, result.telemetry.dropped) == (2, 0)


def test_posts_that_are_always_refused_are_dropped_and_counted(layer: Path) -> None:
    result = patient(layer, recording=recording("a"), environment=manners(refuse_posts=10**6, reported=0)).run()
    assert (result.telemetry.events, result.telemetry.posts, result.telemetry.dropped) == (0, 0, 5)
    assert not result.invocations[0].failed


def test_outside_aws_the_subscription_is_accepted_without_telemetry(layer: Path) -> None:
    result = patient(layer, recording=recording("a"), environment=manners(reported=0), telemetry_supported=False).run()
    assert seen(result, "subscribed") == [202]
    assert seen(result, "told")[1]["errorType"] == "Telemetry.NotSupported"
    assert received(result) == []


def test_an_environment_with_old_schemas_refuses_the_new_one(layer: Path) -> None:
    environment = manners(schemas=["2025-01-29", "2022-12-13", "2022-07-01"])
    result = patient(layer, recording=recording(), environment=environment, schema_versions=["2022-07-01"]).run()
    assert seen(result, "subscribed") == [400, 400, 200]
    assert kinds(received(result)) == ["initStart"]


def test_managed_instances_send_no_invoke(layer: Path) -> None:
    events = json.loads((HERE.parent / "events/managed_instances.json").read_text())
    environment = manners(events=[["INVOKE", "SHUTDOWN"], ["SHUTDOWN"]], schemas=["2025-01-29"], reports=4)
    it = patient(layer, recording=Recording.from_events(events), environment=environment, managed=True)
    with it as running:
        result = running.run()
    assert seen(result, "registered") == [403, 200]
    assert seen(result, "told")[0]["errorType"] == "Extension.InvalidEventType"
    assert [one["eventType"] for one in seen(result, "event")] == ["SHUTDOWN"]
    assert len(result.invocations) == 4
    assert not any(one.failed for one in result.invocations)
    assert kinds(received(result)) == kinds(events)


def test_only_subscribed_categories_arrive(layer: Path) -> None:
    with patient(layer, recording=recording("a"), environment=manners(types=["function"], reports=0)) as running:
        assert kinds(received(running.run())) == ["function"]


def test_bad_telemetry_is_passed_through(layer: Path) -> None:
    events = [{"type": 7}, "no event", None, {"time": 5, "type": "platform.fault", "record": "text"}]
    with patient(layer, recording=Recording.from_events(events), environment=manners()) as running:
        running.start()
        assert running.deliveries[0].post_raw(b'[{"cut') == 200
        await_until(lambda: running.deliveries[0].counts.events == len(events))
        running.shutdown()
        result = running.result()
    posts = seen(result, "post")
    assert '[{"cut' in posts
    (body,) = [post for post in posts if post != '[{"cut']
    assert json.loads(body)[:3] == events[:3]
    assert seen(result, "path") == ["/telemetry"] * 2


def test_unknown_extensions_are_refused(layer: Path) -> None:
    with patient(layer, recording=recording(), environment=manners()) as running:
        running.start()
        environment = json.loads(running.process.output.splitlines()[0])["environment"]
        connection = HTTPConnection(environment["AWS_LAMBDA_RUNTIME_API"], timeout=PATIENCE_SECONDS)
        answers = []
        for method, path, headers in [
            ("GET", "/2020-01-01/extension/event/next", {}),
            ("GET", "/2020-01-01/extension/event/next", {"Lambda-Extension-Identifier": "wrong"}),
            ("POST", "/2020-01-01/extension/register", {"Lambda-Extension-Name": "second"}),
            ("POST", "/2020-01-01/extension/register", {}),
            ("GET", "/elsewhere", {}),
        ]:
            connection.request(method, path, b"{}", headers)
            response = connection.getresponse()
            answers.append((response.status, json.loads(response.read())["errorType"]))
        connection.close()
    assert answers == [
        (403, "Extension.MissingExtensionIdentifier"),
        (403, "Extension.UnknownExtensionIdentifier"),
        (403, "Extension.RegistrationClosed"),
        (403, "Extension.InvalidExtensionName"),
        (404, "NotFound"),
    ]
