from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from telemap.cli import main

MAPPING = """
version: 1
metrics:
  lines_total: {type: counter, help: Lines., from: function, labels: {line: $.record}, series_limit: 2}
  up: {type: gauge, help: Up., from: function, value: 1, labels: {instance: "${runtime:instance}"}}
"""
NO_LABEL = (
    "a label is an object, an array, several nodes, or no number of JSON; samples like this are skipped and counted"
)
EVENTS = [{"type": "function", "record": text} for text in ("a", "b", "a")]
EXPOSITION = """\
# HELP lines_total Lines.
# TYPE lines_total counter
lines_total{line="a"} 2.0
lines_total{line="b"} 1.0
# HELP up Up.
# TYPE up gauge
up{instance="preview"} 1.0
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mapping.yaml").write_text(MAPPING)


def preview(events: str) -> int:
    Path("events.json").write_text(events)
    return main(["preview", "--mapping", "mapping.yaml", "--events", "events.json"])


@pytest.mark.parametrize(
    "events",
    [
        json.dumps(EVENTS),
        json.dumps(EVENTS, indent=2),
        "\n".join(json.dumps(event) for event in EVENTS),
        "".join(json.dumps(event) + "\r\n\r\n" for event in EVENTS),
        "\ufeff" + json.dumps(EVENTS),
    ],
    ids=["an array", "an array over lines", "objects a line", "empty lines between", "a byte order mark"],
)
def test_recorded_events_become_metrics(events: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview(events) == 0
    assert capsys.readouterr() == (EXPOSITION, "")


def test_an_object_a_line_may_hold_unusual_line_separators(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON lets U+2028, U+2029 and U+0085 stand in text as they are."""
    assert preview(json.dumps({"type": "function", "record": "a\u2028b"}, ensure_ascii=False) + "\n") == 0
    assert 'lines_total{line="a\u2028b"} 1.0' in capsys.readouterr().out


def test_events_may_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(EVENTS).encode())))
    assert main(["preview", "--mapping", "mapping.yaml", "--events", "-"]) == 0
    assert capsys.readouterr().out == EXPOSITION


@pytest.mark.parametrize("events", ["", "[]", "\n\n"])
def test_no_events_make_no_metrics(events: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview(events) == 0
    assert capsys.readouterr() == ("", "")


def test_the_default_mapping_is_used_where_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("events.json").write_text(json.dumps(EVENTS))
    assert main(["preview", "--events", "events.json"]) == 0
    assert 'aws_lambda_events_total{type="function"} 3.0' in capsys.readouterr().out


def test_what_did_not_become_a_sample_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    events = [*EVENTS, {"type": "function", "record": "c"}, {"type": "function", "record": []}, None]
    assert preview(json.dumps(events)) == 0
    out, err = capsys.readouterr()
    assert 'lines_total{line="__overflow__"} 1.0' in out
    assert err.splitlines() == [
        f"telemap: metric 'lines_total': {NO_LABEL}",
        "telemap: 1 of the events are no telemetry events: objects with a text 'type'",
        "telemap: metric 'lines_total': 1 samples came beyond the limit of 2 series",
    ]


def test_the_limit_that_was_reached_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text(
        "version: 1\ndefaults: {series_limit_total: 3, series_limit: 2}\nmetrics:\n"
        "  a_total: {type: counter, help: A., from: function, labels: {line: $.record}}\n"
        "  b_total: {type: counter, help: B., from: function, labels: {line: $.record}}\n"
    )
    events = [{"type": "function", "record": record} for record in "abcd"]
    assert preview(json.dumps(events)) == 0
    assert capsys.readouterr().err.splitlines() == [
        "telemap: metric 'a_total': 2 samples came beyond the limit of 2 series",
        "telemap: metric 'b_total': 3 samples came beyond the limit of 3 series of all metrics together",
    ]


def test_events_that_a_rule_of_drop_cannot_decide_about_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text(
        "version: 1\ndrop: [{from: function, when: [{path: '$.record[?(@.a > 0)].a', equals: 1}]}]\nmetrics:\n"
        "  a_total: {type: counter, help: A., from: function}\n"
    )
    several = {"type": "function", "record": [{"a": 1}, {"a": 1}]}
    assert preview(json.dumps([several, several, {"type": "function", "record": [{"a": 1}]}])) == 0
    out, err = capsys.readouterr()
    assert "a_total 2.0" in out
    several_nodes = "a test found several nodes where it wants one"
    assert err.splitlines() == [
        f"telemap: a rule of 'drop': {several_nodes}; events like this are not dropped",
        f"telemap: rules of 'drop' did not decide about events, and let them pass, 2 times: {several_nodes}",
    ]


def test_problems_of_the_mapping_are_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text("version: 1\nmetrics: []\n")
    assert preview("[]") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("mapping.yaml:2:10: error: 'metrics' must be a map, this is a list [wrong-type]\n")


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ("{", "telemap: events.json: line 1: not JSON: "),
        ('{"type": "x"}\nno json\n', "telemap: events.json: line 2: not JSON: "),
        ("[1, 2", "telemap: events.json: not JSON: "),
        ("[" * 100_000, "telemap: events.json: not JSON: "),
    ],
)
def test_events_that_cannot_be_read_are_a_problem(events: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview(events) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(said)


def test_a_missing_events_file_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "--events", "missing.json"]) == 2
    assert capsys.readouterr().err == "telemap: cannot read missing.json: No such file or directory\n"


def test_the_events_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["preview"])
    assert stopped.value.code == 2
    assert "--events" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_ends_the_command_quietly() -> None:
    lines = [{"type": "function", "record": f"{number:0100}"} for number in range(2_000)]
    Path("events.json").write_text(json.dumps(lines))
    Path("mapping.yaml").write_text(MAPPING.replace("series_limit: 2", "series_limit: 5000"))
    command = [sys.executable, "-m", "telemap", "preview", "--mapping", "mapping.yaml", "--events", "events.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0
