"""The extension in a sandbox, with well-formed and malformed telemetry, and unusable mappings."""

from __future__ import annotations

import json
import random
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from extension.expositions import Samples, samples, value
from extension.lives import invocation, life, log_line
from extension.outcomes import assert_a_good_life
from patience import PATIENCE_SECONDS

from telemap.cli import main
from telemap_lambda.sandbox import Recording, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.pushgateway import Pushgateway

    from telemap_lambda.fake_gateway import FakeGateway
    from telemap_lambda.sandbox import Sandbox, SandboxResult

EVENTS = sorted((Path(__file__).parents[1] / "events").glob("*.json"))
EVERYTHING = """
version: 1
metrics:
  seen_total:
    type: counter
    help: All events.
    from: "*"
    labels: {type: $.type}
  log_lines_total:
    type: counter
    help: Log lines.
    from: [function, extension]
    labels: {type: $.type, level: {path: $.record.level, default: none}}
  emf_latency:
    type: histogram
    help: A number in structured logs.
    from: "function*"
    value: $.record.Latency
    buckets: [1, 10, 100]
  duration_seconds:
    type: histogram
    help: Durations.
    from: [platform.report, platform.runtimeDone]
    value: $.record.metrics.durationMs
    unit: ms
    labels: {type: $.type, status: {path: $.record.status, default: unknown}}
    buckets: [0.01, 0.1, 1, 10]
  memory_bytes:
    type: summary
    help: Memory.
    from: platform.report
    value: $.record.metrics.maxMemoryUsedMB
    unit: MiB
  instance_max_memory:
    type: gauge
    help: As the last initialisation said it.
    from: platform.initStart
    value: $.record.instanceMaxMemory
    labels: {phase: {path: $.record.phase, default: none}}
"""
LABELLED = """
version: 1
metrics:
  parcels_total:
    type: counter
    help: Parcels.
    from: "*"
    labels: {{{label}: $.type}}
"""


def preview(mapping: str, events: Path, capsys: pytest.CaptureFixture[str]) -> Samples:
    assert main(["preview", "--mapping", mapping, "--events", str(events)]) == 0
    return samples(capsys.readouterr().out)


def assert_equal(pushed: Samples, expected: Samples) -> None:
    """Compare counts exactly, and sums up to rounding."""
    served = {key: number for key, number in pushed.items() if not key[0].startswith(("telemap_", "push_"))}
    assert served.keys() == expected.keys()
    for key, number in expected.items():
        assert served[key] == (pytest.approx(number, rel=1e-9) if key[0].endswith("_sum") else number), key


@pytest.mark.parametrize("events", EVENTS, ids=lambda path: path.stem)
def test_the_extension_pushes_what_preview_shows(
    play: Callable[..., SandboxResult],
    pushgateway: Pushgateway,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    events: Path,
) -> None:
    mapping = tmp_path / "everything.yaml"
    mapping.write_text(EVERYTHING)
    environment = {"GATEWAY": pushgateway.url, "MAPPING_FILE": str(mapping), "TELEMAP_JOB": events.stem}
    managed = events.stem == "managed_instances"
    result = play(load(events), environment, managed=managed, max_duration_seconds=0.01)

    assert_a_good_life(result)
    pushed = samples(pushgateway.metrics(), job=events.stem)
    counted = tmp_path / "counted.json"
    counted.write_text(json.dumps(since_restore(json.loads(events.read_text()))))
    assert_equal(pushed, preview(str(mapping), counted, capsys))


def since_restore(events: list[Any]) -> list[Any]:
    """Remove the replayed events of a restored snapshot's start, which are not counted."""
    types = [one["type"] for one in events]
    return events[types.index("platform.restoreStart") :] if "platform.restoreStart" in types else events


def test_the_default_mapping_pushes_what_preview_shows(
    play: Callable[..., SandboxResult],
    pushgateway: Pushgateway,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    recorded_events: Callable[[str], list[Any]],
) -> None:
    events = tmp_path / "events.json"
    platform = [one for one in recorded_events("warm_invokes") if one["type"].startswith("platform.")]
    events.write_text(json.dumps(platform))
    result = play(load(events), {"GATEWAY": pushgateway.url, "TELEMAP_JOB": "default"})

    assert_a_good_life(result)
    assert_equal(samples(pushgateway.metrics(), job="default"), preview("telemap:default", events, capsys))


def test_the_sample_mapping_leaves_its_instance_label_to_the_grouping_key(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, pushgateway: Pushgateway
) -> None:
    for url in (embedded_gateway.url, pushgateway.url):
        result = play(life("a"), {"GATEWAY": url, "MAPPING_FILE": "telemap:aws-sample"}, function_name="orders-api")
        assert_a_good_life(result)
        assert result.stderr == ""
    request = embedded_gateway.requests[-1]
    instance = request.path.rpartition("/")[2]
    shown = samples(pushgateway.metrics(), job="orders-api", without=())
    labels = [dict(labels) for name, labels in shown if name == "durationMs_count"]

    assert 'durationMs_count{function="orders-api",request_id="a"} 1' in request.text
    assert "instance=" not in request.text
    assert f'instance="{instance}"' in embedded_gateway.text()
    assert [(one["request_id"], len(one["instance"])) for one in labels] == [("a", 32)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, ["no such file", "No such file"]),
        ("", ["mapping.yaml"]),
        ("version: 1\nmetrics: [\n", ["mapping.yaml:"]),
        (LABELLED.format(label="job"), ["'job'"]),
        (LABELLED.format(label="instance"), ["'instance'"]),
        (LABELLED.format(label="9a").replace("counter", "counted"), ["9a", "counted"]),
    ],
)
def test_an_unusable_mapping_falls_back_to_the_default(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, tmp_path: Path, text: str | None, said: list[str]
) -> None:
    mapping = tmp_path / "mapping.yaml"
    if text is not None:
        mapping.write_text(text)
    result = play(life("a"), {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": str(mapping)})
    shown = embedded_gateway.text()

    assert_a_good_life(result)
    assert value(shown, "telemap_mapping_fallback") == 1
    assert value(shown, "aws_lambda_duration_seconds_count") == 1
    assert 'source="telemap:default"' in shown
    if text is None:
        assert any(words in result.stderr for words in said)
    else:
        assert [words for words in said if words not in result.stderr] == []


SOUND = json.dumps([log_line("platform.other", "sound")]).encode()
TELEMETRY = {
    "no JSON": (b"{not json", 1, 0),
    "cut": (SOUND[:-4], 1, 0),
    "no UTF-8": (b'[{"type": "platform.\xff"}]', 1, 0),
    "null": (b"null", 1, 0),
    "an object": (b'{"type": "platform.report"}', 1, 0),
    "events without a type": (b'[{"time": "now"}, {"type": 7}, {"type": null}, "text", 5, null, []]', 7, 0),
    "deep": (b"[" * 100_000, 1, 0),
    "a number of 5,000 digits": (
        b'[{"type": "platform.report", "record": {"metrics": {"durationMs": ' + b"9" * 5000 + b"}}}]",
        0,
        1,
    ),
    "records of other kinds": (
        b'[{"type": "platform.report", "record": 7}, {"type": "platform.report", "record": {"metrics": []}}]',
        0,
        2,
    ),
    "4 MiB": (b'[{"type": "' + b"x" * (4 * 1024 * 1024 - 14) + b'"]', 1, 0),
}


@pytest.mark.parametrize("case", TELEMETRY)
def test_malformed_telemetry_is_counted_and_does_no_harm(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, case: str
) -> None:
    body, malformed, reports = TELEMETRY[case]
    recording = life("a")
    sandbox = open_sandbox(recording, {"GATEWAY": embedded_gateway.url}, freeze=False)
    sandbox.start()
    assert sandbox.deliveries[0].post_raw(body) == 200
    sandbox.invoke(recording.invocations[0])
    assert sandbox.deliveries[0].post_raw(SOUND) == 200
    sandbox.shutdown()
    shown = embedded_gateway.text()

    assert_a_good_life(sandbox.result())
    assert value(shown, "telemap_events_dropped_total", reason="malformed") == malformed
    assert value(shown, "aws_lambda_events_total", type="platform.other") == 1
    assert value(shown, "aws_lambda_events_total", type="platform.report") == 1 + reports
    assert value(shown, "aws_lambda_duration_seconds_count") == 1
    assert len(sandbox.result().stderr.splitlines()) <= 1


def test_a_repeated_post_is_counted_once(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(EVERYTHING)
    recording = life("a")
    sandbox = open_sandbox(recording, {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": str(mapping)})
    sandbox.start()
    body = json.dumps([log_line("function", "once"), log_line("function", "and again")]).encode()
    assert [sandbox.deliveries[0].post_raw(body) for _ in range(3)] == [200] * 3
    sandbox.invoke(recording.invocations[0])
    sandbox.shutdown()

    assert_a_good_life(sandbox.result())
    assert value(embedded_gateway.text(), "seen_total", type="function") == 2
    assert value(embedded_gateway.text(), "telemap_events_dropped_total", reason="repeat") == 4


def test_a_burst_is_counted_completely(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(EVERYTHING)
    recording = life("a")
    sandbox = open_sandbox(recording, {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": str(mapping)})
    sandbox.start()
    bodies = [json.dumps([log_line("function", f"{number}" + "x" * 200)] * 1000).encode() for number in range(20)]
    assert [sandbox.deliveries[0].post_raw(body) for body in bodies] == [200] * 20
    sandbox.invoke(recording.invocations[0])
    sandbox.shutdown()

    assert_a_good_life(sandbox.result())
    assert value(embedded_gateway.text(), "seen_total", type="function") == 20_000


def test_telemetry_beyond_the_memory_limit_is_dropped_and_counted(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    recording = Recording.from_events(invocation("a"))  # no event of init, which may still wait and go first
    environment = {"GATEWAY": embedded_gateway.url, "TELEMAP_MAX_PENDING_BYTES": "5000"}
    sandbox = open_sandbox(recording, environment)
    sandbox.start()
    assert sandbox.deliveries[0].post_raw(json.dumps(invocation("x") * 100).encode()) == 200
    sandbox.invoke(recording.invocations[0])
    sandbox.shutdown()
    shown = embedded_gateway.text()

    assert_a_good_life(sandbox.result())
    assert value(shown, "telemap_events_dropped_total", reason="backlog") == 300
    assert value(shown, "aws_lambda_duration_seconds_count") == 1


def test_random_bytes_sent_to_the_listener_do_no_harm(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    recording = life("a", "b")
    sandbox = open_sandbox(recording, {"GATEWAY": embedded_gateway.url})
    sandbox.start()
    port = sandbox.deliveries[0].subscription.port
    chance = random.Random(7)  # noqa: S311 - the same at each run
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as connection:
            connection.sendall(chance.choice([b"", b"POST / HTTP/1.1\r\n"]) + chance.randbytes(chance.randrange(3000)))
    for one in recording.invocations:
        sandbox.invoke(one)
    time.sleep(0.05)
    sandbox.shutdown()

    assert_a_good_life(sandbox.result())
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 2
    assert sandbox.result().stderr == ""
