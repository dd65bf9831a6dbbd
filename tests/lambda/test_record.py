"""TELEMAP_RECORD records telemetry up to a limit, and changes nothing else."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from extension.expositions import samples, value
from extension.lives import event, invocation, life, log_line
from extension.outcomes import assert_a_good_life
from patience import PATIENT_COMMAND

from telemap_lambda.commands.record_extraction import Extraction
from telemap_lambda.log import Log
from telemap_lambda.recording.log_lines import write_event
from telemap_lambda.recording.recorder import FileSink as Sink
from telemap_lambda.recording.recorder import Recorder, RecordingEnded, make_recorder
from telemap_lambda.sandbox import Recording, Sandbox, SandboxResult
from telemap_lambda.settings.reading import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from telemap_lambda.fake_gateway import FakeGateway

WRITTEN = "order 17 of anna@example.com"


def invocation_with_log(request_id: str) -> list[Any]:
    start, *rest = invocation(request_id)
    return [start, log_line("function", WRITTEN), *rest]


LIFE = Recording.from_events(
    [
        event("platform.initStart", initializationType="on-demand"),
        *invocation_with_log("a"),
        *invocation_with_log("b"),
        *invocation_with_log("c"),
    ]
)


def recorded(text: str) -> list[Any]:
    """Return the events of a recording in a log."""
    extraction = Extraction()
    for line in text.splitlines():
        extraction.read(line)
    return list(extraction.events)


def said(result: SandboxResult) -> list[str]:
    """Return the messages of the extension's log, without recorded lines."""
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    return [line["message"] for line in lines if "message" in line]


def types(events: list[Any]) -> list[str]:
    return [one["type"] for one in events]


def test_the_log_has_the_events_without_log_text(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    sandbox = open_sandbox(LIFE, {"GATEWAY": embedded_gateway.url, "TELEMAP_RECORD": "log"})
    result = sandbox.run()

    assert_a_good_life(result)
    assert said(result) == []
    assert types(recorded(result.stderr)) == types(list(LIFE.events))
    assert "anna" not in result.stderr
    assert "x" * len(WRITTEN) in result.stderr
    assert sandbox.deliveries[0].subscription.categories == {"platform", "function"}


def test_metrics_are_the_same_as_without_a_recording(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway
) -> None:
    play(LIFE, {"GATEWAY": embedded_gateway.url, "TELEMAP_RECORD": "log", "TELEMAP_JOB": "recorded"})
    play(LIFE, {"GATEWAY": embedded_gateway.url, "TELEMAP_JOB": "plain"})
    held = [samples(embedded_gateway.text(), job=job) for job in ("recorded", "plain")]
    counted = [
        {key: one for key, one in job.items() if key[0].startswith(("aws_lambda_", "telemap_events_"))} for job in held
    ]

    assert any(name.startswith("aws_lambda_") for name, *_ in counted[0])
    assert any(name.startswith("telemap_events_") for name, *_ in counted[0])
    assert counted[0] == counted[1]


def test_a_file_is_a_recording(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, tmp_path: Path
) -> None:
    path = tmp_path / "telemetry.ndjson"
    settings = {"TELEMAP_RECORD": str(path), "TELEMAP_RECORD_LOGS": "true", "GATEWAY": embedded_gateway.url}
    result = play(LIFE, settings)
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    assert_a_good_life(result)
    assert result.stderr == ""
    assert types(events) == types(list(LIFE.events))
    assert [one["record"] for one in events if one["type"] == "function"] == [WRITTEN] * 3


@pytest.mark.parametrize("kind", ["on-demand", "lambda-managed-instances"])
def test_it_needs_no_gateway(open_sandbox: Callable[..., Sandbox], kind: str) -> None:
    managed = kind != "on-demand"
    sandbox = open_sandbox(LIFE, {"TELEMAP_RECORD": "log"}, managed=managed)
    result = sandbox.run()

    assert_a_good_life(result)
    assert said(result) == ["no usable GATEWAY: telemetry is recorded, but nothing is pushed"]
    assert sorted(types(recorded(result.stderr))) == sorted(types(list(LIFE.events)))


def test_repeated_posts_are_recorded_once(open_sandbox: Callable[..., Sandbox]) -> None:
    result = open_sandbox(LIFE, {"TELEMAP_RECORD": "log"}, repeat_every=1).run()

    assert types(recorded(result.stderr)) == types(list(LIFE.events))


@pytest.mark.parametrize("target", ["log", "file"])
def test_a_recording_ends_at_its_limit_and_logs_this_once(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, tmp_path: Path, target: str
) -> None:
    path = tmp_path / "telemetry.ndjson"
    where = "log" if target == "log" else str(path)
    settings = {"TELEMAP_RECORD": where, "TELEMAP_RECORD_MAX_BYTES": "800", "GATEWAY": embedded_gateway.url}
    result = play(LIFE, settings)
    words = "recording ended: reached the limit of 800 bytes (TELEMAP_RECORD_MAX_BYTES)"

    assert_a_good_life(result)
    assert said(result) == [words]
    if target == "log":
        ended = [line for line in result.stderr.splitlines() if '"end"' in line]
        assert len(ended) == 1
        assert 0 < len(recorded(result.stderr)) < 10
    else:
        assert 0 < path.stat().st_size <= 800
        assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 3


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("/no/such/folder/t.ndjson", "No such file or directory"),
        ("/proc/version", "Permission denied"),
        ("/dev/full", "is no regular file"),
        ("fifo", "No such device"),
        ("folder", "Is a directory"),
    ],
)
def test_write_errors_are_logged_once_and_do_no_harm(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, tmp_path: Path, where: str, reason: str
) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    path = where if where.startswith("/") else str(tmp_path / where)
    result = play(LIFE, {"TELEMAP_RECORD": path, "GATEWAY": embedded_gateway.url})

    assert_a_good_life(result)
    [words] = said(result)
    assert words.startswith("recording ended: ")
    assert reason in words or os.geteuid() == 0
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 3


def test_a_full_disk_leaves_only_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    sink = Sink(str(path), 1_000_000)
    sink.write(['{"a":1}'])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, before[1]))
    try:
        with pytest.raises(RecordingEnded, match="cannot be written"):
            sink.write(['{"b":1}', '{"c":"' + "y" * 100 + '"}'])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert path.read_text(encoding="utf-8") == '{"a":1}\n'


def test_a_closed_standard_error_ends_the_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = (tmp_path / "closed").open("w")
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    recorder = make_recorder(read_settings({"TELEMAP_RECORD": "log"}), ["platform"], Log())

    recorder.record(invocation("a"))
    recorder.record(invocation("b"))
    assert recorder.applied(invocation("a")) == invocation("a")


COME_BACK = write_event("5f0c9a3e", 1, json.dumps(invocation("a")[0]))


@pytest.mark.parametrize("record", [COME_BACK, json.loads(COME_BACK)], ids=["text", "object"])
def test_returning_recorded_lines_are_neither_recorded_nor_counted(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, tmp_path: Path, record: Any
) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("version: 1\nmetrics:\n  lines_total: {type: counter, help: h, from: extension}\n")
    lines = [{**log_line("extension", ""), "record": record}, log_line("extension", "of another")]
    recording = Recording.from_events([event("platform.initStart"), *lines, *invocation("a")])
    settings = {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": str(mapping), "TELEMAP_RECORD": "log"}
    result = play(recording, settings)

    assert types(recorded(result.stderr)).count("extension") == 1
    assert value(embedded_gateway.text(), "lines_total") == 1


def test_each_restore_of_a_snapshot_is_a_separate_process(capsys: pytest.CaptureFixture[str]) -> None:
    recorder = make_recorder(read_settings({"TELEMAP_RECORD": "log"}), ["platform"], Log())
    recorder.record([event("platform.initStart")])
    recorder.record([event("platform.restoreStart"), *invocation("a")])
    lines = [json.loads(line)["telemapRecord"] for line in capsys.readouterr().err.splitlines()]

    assert [line["number"] for line in lines] == [1, 1, 2, 3, 4]
    assert len({line["process"] for line in lines}) == 2


@pytest.mark.parametrize(
    "odd", [1, None, [], {"type": 3}, {"record": 1}, {"type": []}, event("platform.start", x=float("nan"))], ids=str
)
def test_items_that_are_not_events_are_passed_on_unrecorded(odd: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    recorder = Recorder(Sink(str(path), 10_000), ["platform"], Log(), with_logs=True)
    events = [odd, *invocation("a")]
    recorder.record(events)

    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert recorder.applied(events) == events


def test_an_event_that_is_too_large_is_skipped_and_logged_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.ndjson"
    recorder = Recorder(Sink(str(path), 1_000_000), ["platform"], Log(), with_logs=True)
    recorder.record([log_line("function", "y" * 70_000), log_line("function", "y" * 70_000), log_line("function", "z")])

    assert len(path.read_text(encoding="utf-8").splitlines()) == 1
    assert capsys.readouterr().err.count("64 KiB") == 1


@pytest.mark.integration
def test_a_start_without_recording_does_not_import_it() -> None:
    program = "import sys, telemap_lambda.life.extension, telemap_lambda.life.loop; print(*sys.modules)"
    modules = subprocess.check_output([sys.executable, "-c", program], text=True).split()

    assert [name for name in modules if name.startswith("telemap_lambda.recording")] == []


@pytest.mark.integration
def test_the_sandbox_records_all_lives_with_log_text(tmp_path: Path) -> None:
    path = tmp_path / "made.ndjson"
    path.write_text('{"type": "function", "record": "what was there before"}\n')
    command = [sys.executable, "-m", "telemap", "sandbox", *PATIENT_COMMAND, "--invocations", "4", "--duration-ms", "1"]
    done = subprocess.run(
        [*command, "--crash-every", "2", "--record", str(path)], capture_output=True, text=True, check=False
    )
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    assert done.returncode == 0, done.stdout
    assert done.stderr == "telemap: no mapping given, using telemap:default\n"
    assert types(events).count("platform.report") == 4
    assert types(events).count("platform.initStart") == 2
    assert types(events).count("function") == 8
    assert not [one for one in events if one["type"] == "function" and set(one["record"]) <= {"x"}]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "words"), [("a.ndjson.gz", "does not compress"), ("no/a", "No such file"), (".", "Is a directory")]
)
def test_the_sandbox_refuses_a_file_that_it_cannot_write(tmp_path: Path, name: str, words: str) -> None:
    command = [sys.executable, "-m", "telemap", "sandbox", "--record", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


@pytest.mark.integration
def test_the_sandbox_does_not_overwrite_the_recording_it_plays(tmp_path: Path) -> None:
    path = tmp_path / "e.json"
    path.write_text("[]")
    command = [sys.executable, "-m", "telemap", "sandbox", "--events", str(path), "--record", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, path.read_text()) == (2, "[]")
    assert "choose another name" in done.stderr


def test_a_life_without_a_recording_is_unchanged(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway
) -> None:
    assert play(life("a"), {"GATEWAY": embedded_gateway.url, "TELEMAP_RECORD": ""}).stderr == ""
