from __future__ import annotations

import gzip
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
def test_a_recording_without_events_is_a_problem(events: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Most often what should have written it did not: a CI step must not pass for that."""
    assert preview(events) == 1
    assert capsys.readouterr() == ("", "telemap: no telemetry events in events.json\n")


def test_the_default_mapping_is_used_where_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("events.json").write_text(json.dumps(EVENTS))
    assert main(["preview", "telemap:default", "events.json"]) == 0
    assert 'aws_lambda_events_total{type="function"} 3.0' in capsys.readouterr().out


def test_lost_events_and_samples_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    events = [*EVENTS, {"type": "function", "record": "c"}, {"type": "function", "record": []}, None]
    assert preview(json.dumps(events)) == 0
    out, err = capsys.readouterr()
    assert 'lines_total{line="__overflow__"} 1.0' in out
    assert err.splitlines() == [
        f"telemap: metric 'lines_total': {NO_LABEL}",
        "telemap: skipped 1 value that is not a telemetry event (an object whose 'type' is a string)",
        "telemap: metric 'lines_total': samples skipped, 1 as label",
        "telemap: metric 'lines_total': 1 sample beyond series_limit, 2",
    ]


def test_reached_limit_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text(
        "version: 1\ndefaults: {series_limit_total: 3}\nmetrics:\n"
        "  a_total: {type: counter, help: A., from: function, labels: {line: $.record}, series_limit: 2}\n"
        "  b_total: {type: counter, help: B., from: function, labels: {line: $.record}, series_limit: 2}\n"
    )
    events = [{"type": "function", "record": record} for record in "abcd"]
    assert preview(json.dumps(events)) == 0
    assert capsys.readouterr().err.splitlines() == [
        "telemap: metric 'a_total': 2 samples beyond series_limit, 2",
        "telemap: metric 'b_total': 3 samples beyond series_limit_total, 3",
    ]


def test_undecided_drop_rules_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
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
        f"telemap: rules of 'drop' could not decide, and let the event pass, 2 times: {several_nodes}",
    ]


def test_problems_of_the_mapping_are_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text("version: 1\nmetrics: []\n")
    assert preview("[]") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("mapping.yaml:2:10: error: 'metrics' must be a map, not a list [wrong-type]\n")


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ("{", "line 1: the recording is truncated within the event that begins here"),
        ("x", "line 1: not JSON: Expecting value at 'x'"),
        ("[" * 100_000, f"line 1: not JSON: nested too deep at '{'[' * 31}'"),
    ],
)
def test_invalid_recording_is_a_problem(events: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview(events) == 1
    form = "a recording is a JSON array of events, or one event per line"
    assert capsys.readouterr() == ("", f"telemap: events.json: {said}; {form}\n")


def test_mapping_named_as_events_is_recognized(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "--events", "mapping.yaml"]) == 1
    told = "name the mapping first, then the recording"
    assert capsys.readouterr().err.endswith(
        f"telemap: mapping.yaml: line 2: not JSON: Expecting value at 'version: 1'; {told}\n"
    )


@pytest.mark.parametrize("tail", ["no json\n", '{"type": "function", "rec', '{"type":\n'])
def test_events_before_an_error_are_applied(tail: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview("".join(json.dumps(event) + "\n" for event in EVENTS) + tail) == 1
    out, err = capsys.readouterr()
    assert out == EXPOSITION
    assert err.startswith("telemap: events.json: line 4: ")
    assert "; the output covers the 3 events before it; use --skip-bad-lines to skip such lines" in err


def test_bad_lines_are_skipped_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    lines = "".join(f"{json.dumps(event)}\nbad {event['record']}\nbad too\n" for event in EVENTS * 2)
    Path("events.json").write_text(lines)
    assert main(["preview", "--mapping", "mapping.yaml", "--events", "events.json", "--skip-bad-lines"]) == 0
    out, err = capsys.readouterr()
    assert 'lines_total{line="a"} 4.0' in out
    assert err.splitlines() == [
        "telemap: skipped: line 2: not JSON: Expecting value at 'bad a'",
        "telemap: skipped: line 5: not JSON: Expecting value at 'bad b'",
        "telemap: skipped: line 8: not JSON: Expecting value at 'bad a'",
        "telemap: skipped 12 bad lines",
    ]


@pytest.mark.parametrize("options", [[], ["--skip-bad-lines"]])
def test_truncated_gzip_is_never_complete(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("events.gz").write_bytes(gzip.compress(json.dumps(EVENTS).encode(), mtime=0)[:-1])
    command = ["preview", "--mapping", "mapping.yaml", "--events", "events.gz", "--format", "json", *options]
    assert main(command) == 1
    out, err = capsys.readouterr()
    assert (json.loads(out)["events"], json.loads(out)["is_complete"]) == (3, False)
    told = "the gzip data is truncated; the output covers the 3 events before it"
    assert err == f"telemap: events.gz: {told}\n"


def test_invalid_utf_8_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Path("events.json").write_bytes('{"type": "function", "record": "caf\xe9"}'.encode("latin-1"))
    assert main(["preview", "--mapping", "mapping.yaml", "--events", "events.json"]) == 0
    out, err = capsys.readouterr()
    assert 'lines_total{line="caf\ufffd"} 1.0' in out
    assert err == "telemap: events.json contains bytes that are not UTF-8; they were read as U+FFFD\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--events", "missing.json"], "telemap: cannot read missing.json: No such file or directory\n"),
        (["--events", "."], "telemap: cannot read .: Is a directory\n"),
        (["--events", "mapping.yaml", "--limit", "3"], "telemap: --limit needs --diff OTHER\n"),
        (["--events", "mapping.yaml", "--exit-code"], "telemap: --exit-code needs --diff OTHER\n"),
        (["--events", "mapping.yaml", "--mapping", "no.yaml"], "telemap: no such file: no.yaml\n"),
        (["mapping.yaml", "mapping.yaml", "--diff", "no.yaml"], "telemap: no such file: no.yaml\n"),
    ],
)
def test_impossible_arguments_are_usage_errors(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preview", *arguments]) == 2
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--diff", "mapping.yaml", "--cardinality"], "--cardinality cannot be used with --diff"),
        (["--diff", "mapping.yaml", "--limit", "-1"], "'-1' is not a non-negative integer"),
        (["--env", "NAME"], "'NAME' is not NAME=VALUE"),
        (["--env", "=x"], "'=x' is not NAME=VALUE"),
        (["--format", "yaml"], "unknown value 'yaml'; expected text or json"),
    ],
)
def test_invalid_option_values_are_usage_errors(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["preview", "--events", "mapping.yaml", *arguments])
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_env_option_overrides_environment(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION", "outer")
    monkeypatch.setenv("STAGE", "outer")
    Path("mapping.yaml").write_text(
        "version: 1\nmetrics:\n  up: {type: gauge, help: Up., from: function, value: 1,"
        ' labels: {region: "${env:REGION}", stage: "${env:STAGE}", team: "${env:TEAM}"}}\n'
    )
    Path("events.json").write_text(json.dumps(EVENTS))
    command = ["preview", "--mapping", "mapping.yaml", "--events", "events.json"]
    assert main([*command, "--env", "STAGE=a=b", "--env", "TEAM="]) == 0
    out, err = capsys.readouterr()
    assert 'up{region="outer",stage="a=b",team=""} 1.0' in out
    assert err == ""


def test_mapping_that_reads_no_event_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text("version: 1\nmetrics: {a_total: {type: counter, help: A., from: extension}}\n")
    assert preview(json.dumps(EVENTS)) == 0
    told = "no series: of 3 events, 3 of a type that no rule reads"
    more = "to see why, run telemap explain mapping.yaml --events events.json"
    assert capsys.readouterr() == ("", f"telemap: {told}; {more}\n")


@pytest.mark.parametrize(
    ("source", "causes"),
    [
        ("value: $.record.n", " from 2 events; samples skipped by the rules: 2 without a value"),
        (
            "parse: json, value: $.record.n",
            " from 2 events; samples skipped by the rules: 1 not matching 'parse', 1 without a value",
        ),
        ("when: [{path: $.time, exists: true}]", ": of 2 events, none matched 'when' and had items for 'each'"),
    ],
)
def test_reasons_for_no_series_are_reported(source: str, causes: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text(
        f"version: 1\nmetrics: {{a_total: {{type: counter, help: A., from: function, {source}}}}}\n"
    )
    assert preview(json.dumps([{"type": "function", "record": text} for text in ("no json", '{"m": 1}')])) == 0
    err = capsys.readouterr().err
    more = "to see why, run telemap explain mapping.yaml --events events.json"
    assert err.splitlines()[0] == f"telemap: no series{causes}; {more}"


def test_events_and_samples_are_counted_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """Three rules skip both log lines: that is more than there are events."""
    rule = "{type: counter, help: A., from: function, parse: {regex: '(?P<n>[0-9])'}}"
    Path("mapping.yaml").write_text(
        "version: 1\nmetrics:\n" + "".join(f"  {name}_total: {rule}\n" for name in ("a", "b", "c"))
    )
    assert preview(json.dumps([{"type": kind, "record": "x"} for kind in ("function", "function", "extension")])) == 0
    err = capsys.readouterr().err
    told = "of 3 events, 1 of a type that no rule reads; samples skipped by the rules: 6 not matching 'parse'"
    assert err.startswith(f"telemap: no series: {told}; ")


def test_json_contains_all_skips_by_reason(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text(
        "version: 1\nmetrics: {a_total: {type: counter, help: A., from: function, parse: json, value: $.record.n}}\n"
    )
    Path("events.json").write_text(json.dumps([{"type": "function", "record": one} for one in ("x", "{}", '{"n":-1}')]))
    assert main(["preview", "--mapping", "mapping.yaml", "--events", "events.json", "--format", "json"]) == 0
    [family] = json.loads(capsys.readouterr().out)["families"]
    assert family["skipped"] == {"missing": 1, "parse": 1, "negative": 1}


def test_gauges_do_not_expire_while_a_recording_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text(
        "version: 1\nmetrics: {up: {type: gauge, help: Up., from: function, value: 1, expire: 1ms}}\n"
    )
    assert preview(json.dumps(EVENTS * 2000)) == 0
    assert "up 1.0" in capsys.readouterr().out


def test_the_events_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview"]) == 2
    assert "--events" in capsys.readouterr().err


@pytest.mark.integration
def test_closed_pipe_ends_command_quietly() -> None:
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


UNPARSED = """
version: 1
metrics:
  orders_total: {type: counter, help: A., from: function, when: [{path: $.record.event, equals: order}]}
  items: {type: gauge, help: A., from: [function, extension], each: "$.record.items[*]", value: .n}
  parsed_total: {type: counter, help: A., from: function, parse: json, when: [{path: $.record.event, equals: order}]}
  lines_total: {type: counter, help: A., from: function, when: [{path: $.record, matches: order}]}
  reports_total: {type: counter, help: A., from: platform.report, when: [{path: $.record.status, equals: error}]}
"""


@pytest.mark.parametrize("record", ['{"event": "order"}\n', '2026-03-02 INFO {"event": "order"}'])
@pytest.mark.parametrize("command", ["preview", "unmatched"])
def test_rules_that_need_to_parse_json_are_named(command: str, record: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text(UNPARSED)
    Path("events.json").write_text(json.dumps([{"type": "function", "record": record}]))
    assert main([command, "mapping.yaml", "events.json"]) == 0
    advice = "'function' records are JSON text; to read their fields, add 'parse: json'"
    notes = [line for line in capsys.readouterr().err.splitlines() if "parse: json" in line]
    assert notes == [f"telemap: metric {name!r}: {advice}" for name in ("orders_total", "items")]


@pytest.mark.parametrize("record", ["order placed", '["a"]', "{order}", {"event": "order"}])
def test_other_records_need_no_parse(record: object, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text(UNPARSED)
    assert preview(json.dumps([{"type": "function", "record": record}])) == 0
    assert "add 'parse: json'" not in capsys.readouterr().err
