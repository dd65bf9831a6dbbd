from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import telemap
from telemap.cli import main
from telemap.resources import shipped_mappings
from telemap.store.samples import sample_names
from telemap.tracing.brief import brief_value
from telemap.tracing.overview import resolve

MAPPING = """
version: 1
metrics:
  lines_total: {type: counter, help: Lines., from: function, labels: {team: "${env:TEAM:-a}-\\n#"}}
  events_total: {type: counter, help: Events., from: "*", labels: {kind: $.type}}
"""

EVENTS = [{"type": "function", "record": "x"}, {"type": "platform.start"}, {"type": "function"}]

TOP = Path(__file__).parents[4]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mapping.yaml").write_text(MAPPING)
    Path("events.json").write_text(json.dumps(EVENTS))


def explain(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["explain", "mapping.yaml", *options]) == 0
    return capsys.readouterr().out


def explain_json(capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    return json.loads(explain(capsys, "--format", "json", *options))


def refuse(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["explain", "mapping.yaml", *options]) == 2
    refused = capsys.readouterr()
    assert refused.out == ""
    return refused.err


def test_event_types_are_listed_with_their_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\n  *: events_total\n  function: lines_total, events_total\n" in explain(capsys)


@pytest.mark.parametrize("name", ["mapping.yaml", *shipped_mappings()])
def test_printed_code_differs_only_by_comments(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name, "--code"]) == 0
    printed = capsys.readouterr().out
    assert ast.dump(ast.parse(printed)) == ast.dump(ast.parse(telemap.compile(telemap.load(name)).code))


def test_comments_explain_names(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.strip() for line in explain(capsys, "--code").splitlines()]
    assert "# families[0]: counter lines_total" in lines
    assert r"only0, open0 = families[0].known.constant((t0,))  # t0: '${env:TEAM}-\n#'" in lines


@pytest.mark.parametrize("options", [[], ["--code"], ["--events", "events.json"]], ids=" ".join)
def test_mapping_with_errors_is_not_explained(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text("version: 1\nmetrics: {m: {type: counter}}\n")
    assert main(["explain", "mapping.yaml", *options]) == 1
    refused = capsys.readouterr()
    assert refused.out == ""
    assert "mapping.yaml:2:11: error:" in refused.err


def test_metric_option_selects_by_name_or_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    assert [one["name"] for one in explain_json(capsys, "--metric", "lines_total")["metrics"]] == ["lines_total"]
    both = explain_json(capsys, "--metric", "l*", "--metric", "*ts_total")["metrics"]
    assert [one["name"] for one in both] == ["lines_total", "events_total"]


def test_unknown_metric_is_usage_error_with_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    told = "telemap: the mapping has no metric 'line_total'; did you mean 'lines_total'?\n"
    assert refuse(capsys, "--metric", "line_total") == told
    assert "it has lines_total, events_total" in refuse(capsys, "--metric", "?")


def test_number_option_selects_event(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "--events", "events.json", "--number", "2")
    assert told.startswith("event 2: platform.start\n")
    assert "together" not in told
    numbers = explain_json(capsys, "--event", "events.json", "--number", "3", "--number", "1")["events"]
    assert [one["number"] for one in numbers] == [1, 3]


def test_type_option_selects_events(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain_json(capsys, "--events", "events.json", "--type", "func*")
    assert [one["number"] for one in told["events"]] == [1, 3]
    assert told["summary"]["events"] == 2


def test_events_not_read_by_selected_rules_are_only_counted(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain_json(capsys, "--events", "events.json", "--metric", "lines_total")
    assert [one["number"] for one in told["events"]] == [1, 3]
    assert (told["summary"]["events"], told["summary"]["unread"]) == (3, 1)


def test_only_event_is_always_explained(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "--events", "events.json", "--number", "2", "--metric", "lines_total")
    assert told == "event 2: platform.start\n  1 rule of 1 metric reads other event types\n"


def test_most_option_limits_events_but_not_summary(capsys: pytest.CaptureFixture[str]) -> None:
    Path("events.json").write_text("\n".join(json.dumps(EVENTS[0]) for _ in range(20)))
    for options, number in (([], 5), (["--most", "2"], 2), (["--most", "100"], 20)):
        told = explain_json(capsys, "--events", "events.json", *options)
        assert len(told["events"]) == number
        assert [one["samples"] for one in told["summary"]["sources"]] == [20, 20]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--number", "1"], "--number needs EVENTS: name a recording after the mapping, or with --events"),
        (["--all"], "--all needs EVENTS: name a recording after the mapping, or with --events"),
        (["--code", "--events", "events.json"], "--code cannot be used with --events: it prints the code"),
        (["--code", "--format", "json"], "--code cannot be used with --format"),
        (["--events", "events.json", "--number", "4"], "no event 4: events.json has 3 events"),
        (
            ["--events", "events.json", "--type", "extension"],
            "no event of type 'extension'; its types are function, platform.start",
        ),
        (["--events", "missing.json"], "cannot read missing.json"),
    ],
)
def test_usage_error_gives_advice(options: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told in refuse(capsys, *options)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5"])
def test_event_numbers_start_at_one(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["explain", "mapping.yaml", "--events", "events.json", "--number", number])
    assert refused.value.code == 2
    assert "is not a positive integer" in capsys.readouterr().err


def test_invalid_recording_is_reported_with_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("events.json").write_text('{"type": "function"}\nnot json\n')
    assert main(["explain", "mapping.yaml", "--events", "events.json"]) == 1
    assert "events.json: line 2" in capsys.readouterr().err


def test_events_may_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Input:
        buffer = io.BytesIO(b'{"type": "function"}')

    monkeypatch.setattr(sys, "stdin", Input())
    assert explain(capsys, "--events", "-").startswith("event 1: function\n")


def test_variables_are_read_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM", "b")
    [event] = explain_json(capsys, "--events", "events.json", "--number", "1")["events"]
    assert event["sources"][0]["items"][0]["labels"] == {"team": "b-\N{REPLACEMENT CHARACTER}#"}


def test_json_contains_stage_and_found_values(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text("""
version: 1
metrics:
  a_total:
    type: counter
    help: A.
    from: function
    when:
      - {path: $.record.status, equals: good}
""")
    Path("events.json").write_text('[{"type": "function", "record": {"state": "good"}}]')
    [event] = explain_json(capsys, "--events", "events.json")["events"]
    [source] = event["sources"]
    assert source["place"] == {"file": "mapping.yaml", "line": 4, "column": 3}
    [item] = source["items"]
    assert (item["stage"], item["value"]) == ("when", None)
    assert item["tests"] == [
        {
            "text": "{path: $.record.status, equals: good}",
            "line": 9,
            "holds": False,
            "found": [
                {
                    "path": "$.record.status",
                    "found": None,
                    "nearest": {"path": "$.record", "found": '{"state": "good"}'},
                }
            ],
            "within": [],
        }
    ]


@pytest.mark.parametrize("name", shipped_mappings())
def test_every_shipped_mapping_is_explained_in_both_formats(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    families = {family.name for family in telemap.load(name).families}
    assert main(["explain", name]) == 0
    printed = capsys.readouterr().out
    assert {family for family in families if f"\n{family}, " in printed} == families
    assert main(["explain", name, "--format", "json"]) == 0
    assert {one["name"] for one in json.loads(capsys.readouterr().out)["metrics"]} == families


@pytest.mark.parametrize("name", shipped_mappings())
def test_recordings_stay_within_predicted_series(name: str) -> None:
    mapping = telemap.load(name)
    plan = telemap.compile(mapping)
    store = telemap.Store(plan, env={})
    for recording in sorted((TOP / "tests" / "events").glob("*.json")):
        telemap.apply(plan, json.loads(recording.read_text(encoding="utf-8")), store)
    resolved = resolve(mapping, mapping.families)
    for series, one in zip(store.families, resolved.families, strict=True):
        folded = sum("__overflow__" in key for key in series.cells)
        assert len(series.cells) - folded <= one.most_series, series.shape.name
        assert one.most_lines == one.most_series * len(sample_names(series.shape))


def test_the_worst_case_is_bounded_by_the_limits() -> None:
    labels = ", ".join(f"{name}: {{path: $.record.{name}, allow: [x, y]}}" for name in "abcd")
    mapping = telemap.loads(f"""
version: 1
defaults: {{series_limit_total: 100}}
metrics:
  closed_total: {{type: counter, help: A., from: function, labels: {{{labels}}}}}
  few_total: {{type: counter, help: A., from: function, labels: {{{labels}}}, series_limit: 20}}
  open_seconds:
    {{type: histogram, help: A., from: function, value: $.record.v, labels: {{a: $.record.a}}, series_limit: 60}}
""")
    resolved = resolve(mapping, mapping.families)
    # Four values each: x, y, other, and "" where there is none.
    assert [(one.most_series, one.by_labels) for one in resolved.families] == [(256, True), (20, False), (60, False)]
    assert resolved.most_series == 100
    assert resolved.most_lines == 60 * 17 + 40


@pytest.mark.integration
def test_closed_pipe_is_not_an_error() -> None:
    command = f"{sys.executable} -m telemap explain telemap:platform | head -1"
    finished = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - a pipe
    assert finished.stderr == ""
    assert finished.stdout.startswith("telemap:platform, sha256 ")


def test_values_are_shortened_and_escaped() -> None:
    assert brief_value("a\x1b[2J") == '"a\\u001b[2J"'
    assert brief_value("x" * 1000) == f'"{"x" * 80}..." (1,000 characters)'
    assert brief_value(10**500).startswith("an integer of ")
    assert brief_value({"a": {"b": {"c": 1}}, "\x9b": float("nan")}) == '{"a": {"b": {...}}, "\\x9b": NaN}'
    assert len(brief_value([list(range(1000))] * 1000)) < 500


@pytest.mark.integration
def test_output_is_utf_8_in_every_locale() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "telemap", "explain", "mapping.yaml", "--events", "-"],
        input='{"type": "é"}'.encode(),
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, b"")
    assert finished.stdout.decode().startswith("event 1: é\n")


@pytest.mark.parametrize("form", ["text", "json"])
def test_events_before_a_bad_line_are_explained(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps(event) for event in EVENTS[:2]]
    Path("events.json").write_text("\n".join([*lines, "no json", *lines]))
    assert main(["explain", "mapping.yaml", "--events", "events.json", "--format", form]) == 1
    out, err = capsys.readouterr()
    assert ("all 2 events" in out) if form == "text" else (json.loads(out)["summary"]["events"] == 2)
    said = "line 3: not JSON: Expecting value at 'no json'; the output covers the 2 events before it"
    assert err == f"telemap: events.json: {said}\n"


def test_error_before_first_event_prints_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    Path("events.json").write_text("no json")
    assert main(["explain", "mapping.yaml", "--events", "events.json"]) == 1
    assert capsys.readouterr() == ("", "telemap: events.json: line 1: not JSON: Expecting value at 'no json'\n")


def test_mapping_from_standard_input_is_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "-"]) == 2
    assert "this command cannot read a mapping from standard input" in capsys.readouterr().err
