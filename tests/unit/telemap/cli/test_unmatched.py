"""`telemap unmatched`, from its arguments to what it prints."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Done, run_command

import telemap
from telemap.cli import main

EVENTS = Path(__file__).parents[3] / "events"
LOGS = EVENTS / "function_logs_json.json"


def run(*arguments: object, stdin: bytes = b"") -> Done:
    return run_command("unmatched", *map(str, arguments), stdin=stdin)


def test_text_lists_unread_paths_with_drafts() -> None:
    done = run("--mapping", "telemap:logs", "--events", LOGS)

    assert (done.returncode, done.stderr) == (0, "")
    assert "platform.report: 2 events, read by no metric\n    platform_report_events_total:\n" in done.stdout
    wanted = """
  $.record.latency_ms: in 1 of 9 events (11%), such as 187.25
    function_latency_seconds:
      type: histogram
      help: "$.record.latency_ms of function events."
      from: function
      value: $.record.latency_ms
      unit: ms
      buckets: {exponential: {start: 0.025, factor: 2, count: 10}}
"""
    assert wanted in done.stdout
    assert "    $.record.requestId, such as " in done.stdout


def test_json_contains_the_same() -> None:
    done = run("--events", LOGS, "--format", "json")
    told = json.loads(done.stdout)
    [function] = [one for one in told["types"] if one["type"] == "function"]
    by_path = {path["path"]: path for path in function["paths"]}

    assert (done.returncode, function["read"], function["events"], told["events"]) == (0, True, 9, 15)
    latency = by_path["$.record.latency_ms"]
    assert (latency["events"], latency["share"], latency["example"]) == (1, 0.1111, 187.25)
    assert latency["draft"]["name"] == "function_latency_seconds"
    assert (by_path["$.record.requestId"]["draft"], bool(by_path["$.record.requestId"]["reason"])) == (None, True)


def test_drafts_are_a_mapping_that_others_include(tmp_path: Path) -> None:
    done = run("--events", LOGS, "--format", "yaml")
    (tmp_path / "drafts.yaml").write_text(done.stdout)
    (tmp_path / "mine.yaml").write_text("version: 1\ninclude: [telemap:default, drafts.yaml]\nmetrics: {}\n")
    valid = run_command("validate", "--strict", str(tmp_path))
    mapping = telemap.load(tmp_path / "mine.yaml")
    store = telemap.apply(telemap.compile(mapping), json.loads(LOGS.read_text(encoding="utf-8")))

    assert (done.returncode, valid.returncode, valid.stderr) == (0, 0, "")
    assert "function_latency_seconds_sum 0.18725\n" in telemap.render(store)


def test_fully_read_recording_is_reported(tmp_path: Path) -> None:
    (tmp_path / "e.ndjson").write_text('{"type": "function", "record": {"requestId": "a"}}\n')
    (tmp_path / "m.yaml").write_text(
        "version: 1\nmetrics:\n  lines_total: {type: counter, help: h, from: function,"
        " labels: {id: {path: $.record.requestId, max_values: 3}}}\n"
    )
    done = run("--mapping", tmp_path / "m.yaml", "--events", tmp_path / "e.ndjson")
    drafts = run("--mapping", tmp_path / "m.yaml", "--events", tmp_path / "e.ndjson", "--format", "yaml")

    assert (done.returncode, done.stdout) == (0, "The mapping reads every value of 1 event.\n")
    assert telemap.loads(drafts.stdout).families == ()


def test_a_recording_without_samples_is_not_called_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "e.ndjson").write_text('{"type": "function", "record": {"event": "a"}}\n')
    (tmp_path / "m.yaml").write_text(
        "version: 1\nmetrics:\n  a_total: {type: counter, help: h, from: function,"
        " when: [{path: $.record.event, equals: other}]}\n"
    )
    assert main(["unmatched", str(tmp_path / "m.yaml"), str(tmp_path / "e.ndjson")]) == 0
    assert capsys.readouterr().out == (
        "The mapping reads every value of 1 event, but none makes a sample: 'telemap explain' shows why.\n"
    )


def test_lines_that_no_rule_reads_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f'{{"type": "function", "record": "took {number} ms"}}\n' for number in range(3)]
    (tmp_path / "e.ndjson").write_text("".join(lines))
    (tmp_path / "m.yaml").write_text(
        "version: 1\nmetrics:\n  a_total: {type: counter, help: h, from: function, parse: json}\n"
    )
    assert main(["unmatched", str(tmp_path / "m.yaml"), str(tmp_path / "e.ndjson")]) == 0
    shown = capsys.readouterr().out
    assert '  no rule reads the text of 3 of 3 events, such as "took 0 ms"' in shown
    assert '  3 lines like "took 0 ms":' in shown
    assert r"parse: {regex: '^took\s+(?P<took_ms>\d+)\s+ms'}" in shown


def test_standard_input_is_read_and_other_values_are_reported() -> None:
    done = run("telemap:default", "-", stdin=b'{"type": "function", "record": {"n": 1}}\n17\n')

    assert done.returncode == 0
    assert "function_n:" in done.stdout
    skipped = "skipped 1 value that is not a telemetry event (an object whose 'type' is a string)"
    assert done.stderr == f"telemap: {skipped}\n"


@pytest.mark.parametrize("bad", ["not json", '{"type": "function", "rec'])
def test_events_before_a_bad_line_are_reported(bad: str) -> None:
    recording = f'{{"type": "function", "record": {{"n": 1}}}}\n{bad}\n'.encode()
    done = run("telemap:default", "-", stdin=recording)
    lenient = run("telemap:default", "--skip-bad-lines", "-", stdin=recording)

    assert done.returncode == 1
    assert "function_n:" in done.stdout
    assert done.stderr.startswith("telemap: -: line 2: ")
    assert "; the output covers the 1 event before it" in done.stderr
    assert lenient.stdout == done.stdout
    assert "telemap: skipped 1 bad line\n" in lenient.stderr


@pytest.mark.parametrize("events", [b"", b"[]", b"17", b'{"a": 1}'])
def test_a_recording_without_events_is_a_problem(events: bytes) -> None:
    done = run("--events", "-", stdin=events)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("telemap: no telemetry events in standard input\n")


@pytest.mark.integration
def test_ctrl_c_prints_result_so_far() -> None:
    command = [sys.executable, "-m", "telemap", "unmatched", "telemap:default", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        pipe = process.stdin.fileno()
        line = json.dumps({"type": "function", "record": {"n": 1, "note": "x" * 1000}}).encode() + b"\n"
        for _ in range(2000):  # much more than the pipe holds: the command reads by then
            os.write(pipe, line)
        process.send_signal(signal.SIGINT)
        out, told = process.communicate()

    assert process.returncode == 130
    assert b"function_n:" in out
    assert re.fullmatch(rb"telemap: interrupted after [\d,]+ events; the output covers these\n", told)


def test_dropped_types_are_reported(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("version: 1\ndrop: [{from: function}]\nmetrics: {}\n")
    done = run("--mapping", tmp_path / "m.yaml", "--events", LOGS)

    assert "function: " not in done.stdout
    assert done.stderr == "telemap: skipped event types that 'drop' drops entirely: function\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "--events"),
        (["--events", "no-such-file"], 2, "no-such-file"),
        (["--events", LOGS, "--mapping", "no-such-file"], 2, "no such file: no-such-file"),
        (["--events", LOGS, "--mapping", "telemap:nothing"], 2, "no shipped mapping"),
        (["--events", LOGS, "--format", "xml"], 2, "unknown value 'xml'"),
        (["--events", __file__], 1, "not JSON"),
        (["--events", EVENTS], 2, "cannot read"),
    ],
)
def test_usage_errors_are_reported(arguments: list[object], code: int, words: str) -> None:
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.integration
def test_output_is_the_same_each_time() -> None:
    command = [sys.executable, "-m", "telemap", "unmatched", "--events", str(EVENTS / "emf_logs.json")]
    first, second = (subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second
