"""A pasted log becomes events, in whichever form it was copied."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from telemap.cloudwatch import convert
from telemap.cloudwatch.recorded import KEY
from telemap.playground import Session
from telemap_lambda.recording import log_lines

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schema" / "telemetry-event.schema.json").read_text(encoding="utf-8"))

STREAM = "2026/03/02/[$LATEST]0123456789abcdef0123456789abcdef"
ONE, TWO = "5a1b0c2d-0000-4000-8000-0123456789ab", "5a1b0c2d-0000-4000-8000-0123456789ac"

LOG: list[tuple[str, str]] = [
    (
        "08:14:09.117",
        "INIT_START Runtime Version: python:3.13.v61\tRuntime Version ARN: arn:aws:lambda:r::runtime:78e5\n",
    ),
    ("08:14:09.300", f"START RequestId: {ONE} Version: $LATEST\n"),
    ("08:14:09.310", '{"event": "order_placed", "note": "a, \\"b\\"\\tc"}\n'),
    ("08:14:09.320", f"[INFO]\t2026-03-02T08:14:09.320Z\t{ONE}\tready\n"),
    ("08:14:09.330", "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n  File \"app.py\", line 3\n"),
    ("08:14:09.400", f"END RequestId: {ONE}\n"),
    (
        "08:14:09.404",
        (
            f"REPORT RequestId: {ONE}\tDuration: 44.42 ms\tBilled Duration: 286 ms\tMemory Size: 512 MB\t"
            "Max Memory Used: 88 MB\tInit Duration: 240.65 ms\t\n"
            "XRAY TraceId: 1-69a55190-78633074b7970386fee29476\tSegmentId: 79f248b08cb4a0d7\tSampled: true\t\n"
        ),
    ),
    ("08:14:10.000", f"START RequestId: {TWO} Version: $LATEST\n"),
    ("08:14:13.000", f"2026-03-02T08:14:13.000Z {TWO} Task timed out after 3.00 seconds\n\n"),
    ("08:14:13.001", f"END RequestId: {TWO}\n"),
    (
        "08:14:13.002",
        (
            f"REPORT RequestId: {TWO}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 512 MB\t"
            "Max Memory Used: 90 MB\t\n"
        ),
    ),
]

TRACE = {
    "spanId": "79f248b08cb4a0d7",
    "type": "X-Amzn-Trace-Id",
    "value": "Root=1-69a55190-78633074b7970386fee29476;Parent=79f248b08cb4a0d7;Sampled=1",
}
INIT = {"initializationType": "on-demand", "phase": "init"}

EXPECTED: list[tuple[str, str, Any]] = [
    (
        "08:14:09.117",
        "platform.initStart",
        INIT | {"runtimeVersion": "python:3.13.v61", "runtimeVersionArn": "arn:aws:lambda:r::runtime:78e5"},
    ),
    ("08:14:09.300", "platform.initReport", INIT | {"status": "success", "metrics": {"durationMs": 240.65}}),
    ("08:14:09.300", "platform.start", {"requestId": ONE, "version": "$LATEST"}),
    ("08:14:09.310", "function", '{"event": "order_placed", "note": "a, \\"b\\"\\tc"}'),
    ("08:14:09.320", "function", f"[INFO]\t2026-03-02T08:14:09.320Z\t{ONE}\tready"),
    (
        "08:14:09.330",
        "function",
        "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n  File \"app.py\", line 3",
    ),
    ("08:14:09.400", "platform.runtimeDone", {"requestId": ONE, "status": "success"}),
    (
        "08:14:09.404",
        "platform.report",
        {
            "requestId": ONE,
            "status": "success",
            "metrics": {
                "durationMs": 44.42,
                "billedDurationMs": 286,
                "memorySizeMB": 512,
                "maxMemoryUsedMB": 88,
                "initDurationMs": 240.65,
            },
            "tracing": TRACE,
        },
    ),
    ("08:14:10.000", "platform.start", {"requestId": TWO, "version": "$LATEST"}),
    ("08:14:13.001", "platform.runtimeDone", {"requestId": TWO, "status": "timeout"}),
    (
        "08:14:13.002",
        "platform.report",
        {
            "requestId": TWO,
            "status": "timeout",
            "metrics": {
                "durationMs": 3000.0,
                "billedDurationMs": 3000,
                "memorySizeMB": 512,
                "maxMemoryUsedMB": 90,
            },
        },
    ),
]


def milliseconds(time: str) -> int:
    hours, minutes, seconds = time.split(":")
    return 1772409600000 + int(hours) * 3_600_000 + int(minutes) * 60_000 + round(float(seconds) * 1000)


def written_in_csv(head: list[str], rows: list[list[Any]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows([head, *rows])
    return stream.getvalue()


def aws_json(**keys: Any) -> str:
    events = [{"timestamp": milliseconds(time), "message": text, **keys} for time, text in LOG]
    return json.dumps({"events": events, "searchedLogStreams": []}, indent=4)


def insights(time: str, text: str) -> list[dict[str, str]]:
    return [
        {"field": "@timestamp", "value": f"2026-03-02 {time}"},
        {"field": "@message", "value": text},
        {"field": "@ptr", "value": "CnA"},
    ]


FORMS: dict[str, Callable[[], str]] = {
    "aws logs tail": lambda: "".join(f"2026-03-02T{time}000+00:00 {STREAM} {text.rstrip()}\n" for time, text in LOG),
    "aws logs tail in colour": lambda: "".join(
        f"\x1b[32m2026-03-02T{time}000+00:00\x1b[0m \x1b[36m{STREAM}\x1b[0m {text.rstrip()}\n" for time, text in LOG
    ),
    "sam logs": lambda: "".join(f"{STREAM} 2026-03-02T{time}000 {text}" for time, text in LOG),
    "export to S3": lambda: "".join(f"2026-03-02T{time}Z {text}" for time, text in LOG),
    "console in another time zone": lambda: "".join(
        f"2026-03-02T{int(time[:2]) - 8:02d}{time[2:]}-08:00\t{text}\n" for time, text in LOG
    ),
    "console, times on lines of their own": lambda: "".join(f"2026-03-02T{time}Z\n{text}" for time, text in LOG),
    "filter-log-events": lambda: aws_json(logStreamName=STREAM, ingestionTime=1772439252135, eventId="1" * 56),
    "get-log-events": lambda: aws_json(ingestionTime=1772439252135),
    "its list of events": lambda: json.dumps(json.loads(aws_json(ingestionTime=1))["events"]),
    "its events, one per line": lambda: "".join(
        f"{json.dumps(event)}\n" for event in json.loads(aws_json(ingestionTime=1))["events"]
    ),
    "filter-log-events --output text": lambda: "".join(
        f"EVENTS\t{'3' * 56}\t1772439252135\t{STREAM}\t{text}\t{milliseconds(time)}\n" for time, text in LOG
    ),
    "get-log-events --output text": lambda: (
        "f/1\tb/1\n" + "".join(f"EVENTS\t1772439252135\t{text}\t{milliseconds(time)}\n" for time, text in LOG)
    ),
    "subscription": lambda: json.dumps(
        {
            "messageType": "DATA_MESSAGE",
            "logStream": STREAM,
            "logEvents": [{"id": "1", "timestamp": milliseconds(time), "message": text} for time, text in LOG],
        }
    ),
    "console's CSV": lambda: written_in_csv(
        ["timestamp", "message"], [[milliseconds(time), text] for time, text in LOG]
    ),
    "Insights' CSV, the last first": lambda: written_in_csv(
        ["@timestamp", "@message", "@logStream"], [[f"2026-03-02 {time}", text, STREAM] for time, text in LOG[::-1]]
    ),
    "Insights' JSON": lambda: json.dumps(
        [{"@timestamp": f"2026-03-02 {time}", "@message": text, "@logStream": STREAM} for time, text in LOG]
    ),
    "get-query-results, the last first": lambda: json.dumps(
        {"results": [insights(time, text) for time, text in LOG[::-1]], "status": "Complete"}, indent=4
    ),
    "its list of results": lambda: json.dumps([insights(time, text) for time, text in LOG]),
    "with a byte order mark": lambda: "\ufeff" + FORMS["console's CSV"](),
    "with CRLF": lambda: FORMS["aws logs tail"]().replace("\n", "\r\n"),
}


def events_of(text: str) -> list[Any]:
    conversion = convert(text)
    assert conversion is not None
    lines = conversion.text.splitlines()
    assert len(lines) == conversion.events
    return [json.loads(line) for line in lines]


def without_version(events: list[Any]) -> list[Any]:
    """Return events without what only a log stream's name tells."""
    for event in events:
        if event["type"] == "platform.initStart":
            event["record"].pop("functionVersion", None)
    return events


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_events(form: str) -> None:
    expected = [{"time": f"2026-03-02T{time}Z", "type": type_, "record": record} for time, type_, record in EXPECTED]
    assert without_version(events_of(FORMS[form]())) == expected


@pytest.mark.parametrize("form", ["aws logs tail", "filter-log-events", "subscription", "Insights' JSON"])
def test_the_log_stream_tells_the_version(form: str) -> None:
    assert events_of(FORMS[form]())[0]["record"]["functionVersion"] == "$LATEST"


def test_the_short_form_has_whole_seconds() -> None:
    text = "".join(f"2026-03-02T{time.partition('.')[0]} {text.rstrip()}\n" for time, text in LOG)
    assert [(event["type"], event["record"]) for event in without_version(events_of(text))] == [
        (type_, record) for _, type_, record in EXPECTED
    ]


@pytest.mark.parametrize("before", ["", "2026-03-02T08:14:09.404Z\n", "2026-03-02T08:14:09.404Z "])
def test_a_line_of_node_is_one_message_whatever_stands_before_it(before: str) -> None:
    written = f"2026-03-02T08:14:09.404Z\t{ONE}\tINFO\thello"
    messages = [f"START RequestId: {ONE} Version: $LATEST", written, written, f"END RequestId: {ONE}"]
    events = events_of("".join(f"{before}{message}\n" for message in messages))
    assert [one["record"] for one in events if one["type"] == "function"] == [written, written]


@pytest.mark.parametrize(
    "line", ['{"level":30,"time":1772439249404,"msg":"\u00e9 😀"}', '{"instant": {"epochSecond":1},  "level":"INFO"}']
)
def test_a_line_of_json_stays_as_it_was_written(line: str) -> None:
    conversion = convert(f"{line}\n{line}\n")
    assert conversion is not None
    assert conversion.note is not None
    assert "lines of JSON" in conversion.note
    assert [json.loads(event)["record"] for event in conversion.text.splitlines()] == [line, line]


@pytest.mark.parametrize("separator", ["", "\t"], ids=["console", "--query events[].message --output text"])
def test_bare_messages_have_the_times_that_loggers_print(separator: str) -> None:
    events = events_of(separator.join(text for _, text in LOG))
    assert [(event["type"], event["record"]) for event in events] == [(type_, record) for _, type_, record in EXPECTED]
    assert [event.get("time") for event in events][4:6] == ["2026-03-02T08:14:09.320Z"] * 2
    assert "time" not in events[0]


def test_events_are_as_the_telemetry_api_sends_them() -> None:
    for written in FORMS.values():
        for event in events_of(written()):
            Draft202012Validator(SCHEMA).validate(event)


def converted(*messages: str) -> list[tuple[str, Any]]:
    text = "".join(f"2026-03-02T08:14:09.{number:03d}Z {message}\n" for number, message in enumerate(messages))
    return [(event["type"], event["record"]) for event in events_of(text)]


def test_an_initialisation_that_fails_has_its_report_in_the_log() -> None:
    assert converted(
        "INIT_START Runtime Version: python:3.12.v31",
        "INIT_REPORT Init Duration: 1670.77 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError",
        "INIT_REPORT Init Duration: 87.28 ms\tPhase: invoke\tStatus: timeout",
        f"START RequestId: {ONE} Version: 7",
        f"RequestId: {ONE} Error: Runtime exited with error: exit status 1\nRuntime.ExitError",
        f"END RequestId: {ONE}",
        f"REPORT RequestId: {ONE}\tDuration: 97.30 ms\tBilled Duration: 98 ms\tMemory Size: 1024 MB"
        "\tMax Memory Used: 43 MB\tStatus: error\tError Type: Runtime.ImportModuleError",
    ) == [
        ("platform.initStart", INIT | {"runtimeVersion": "python:3.12.v31"}),
        (
            "platform.initReport",
            INIT | {"status": "error", "errorType": "Runtime.ImportModuleError", "metrics": {"durationMs": 1670.77}},
        ),
        (
            "platform.initReport",
            {
                "initializationType": "on-demand",
                "phase": "invoke",
                "status": "timeout",
                "metrics": {"durationMs": 87.28},
            },
        ),
        ("platform.start", {"requestId": ONE, "version": "7"}),
        ("platform.runtimeDone", {"requestId": ONE, "status": "error", "errorType": "Runtime.ImportModuleError"}),
        (
            "platform.report",
            {
                "requestId": ONE,
                "status": "error",
                "errorType": "Runtime.ImportModuleError",
                "metrics": {"durationMs": 97.3, "billedDurationMs": 98, "memorySizeMB": 1024, "maxMemoryUsedMB": 43},
            },
        ),
    ]


def test_the_line_about_a_failure_counts_where_the_report_tells_none() -> None:
    events = dict(
        converted(
            f"START RequestId: {ONE} Version: 7",
            f"RequestId: {ONE} Error: Runtime exited with error: signal: killed\nRuntime.ExitError",
            f"END RequestId: {ONE}",
            f"REPORT RequestId: {ONE}\tDuration: 97.30 ms",
        )
    )
    failed = {"requestId": ONE, "status": "error", "errorType": "Runtime.ExitError"}
    assert events["platform.runtimeDone"] == failed
    assert events["platform.report"] == failed | {"metrics": {"durationMs": 97.3}}


def test_the_line_about_a_failure_stays_where_nothing_else_tells_it() -> None:
    fault = f"2026-03-02T08:14:13.000Z {ONE} Task timed out after 3.00 seconds"
    assert converted(f"START RequestId: {ONE} Version: 7", fault)[1:] == [("function", fault)]


@pytest.mark.parametrize("request_id", [ONE, "undefined", "7ce42c82"])
@pytest.mark.parametrize("before", ["", "2026-03-02T08:14:09.000Z first\n", f"START RequestId: {ONE} Version: 7\n"])
def test_the_time_that_node_js_writes_belongs_to_its_message(request_id: str, before: str) -> None:
    line = f"2026-03-02T08:14:09.500Z\t{request_id}\tINFO\thello"
    events = events_of(f"{before}{line}\n{line}\n")
    assert [(event["time"], event["record"]) for event in events[-2:]] == [("2026-03-02T08:14:09.500Z", line)] * 2
    with_prefix = events_of(f"2026-03-02T08:14:09.501Z {line}\n")
    assert [(event["time"], event["record"]) for event in with_prefix] == [("2026-03-02T08:14:09.501Z", line)]


def test_lines_before_the_first_time_are_kept() -> None:
    events = events_of("some header\n2026-03-02T08:14:09.404Z hello\n")
    assert [event["record"] for event in events] == ["some header", "hello"]


def test_restores_and_the_initialisation_of_their_snapshot() -> None:
    assert converted(
        "INIT_START Runtime Version: java:21.v38",
        "INIT_REPORT Init Duration: 9908.09 ms",
        "RESTORE_START Runtime Version: java:21.v38\tRuntime Version ARN: arn:aws:lambda:r::runtime:81e4",
        "RESTORE_REPORT Restore Duration: 789.64 ms",
        "RESTORE_REPORT Restore Duration: 1236.04 ms\tStatus: error\tError Type: Runtime.ExitError",
        f"REPORT RequestId: {ONE}\tDuration: 149.53 ms\tBilled Duration: 313 ms\tMemory Size: 3538 MB"
        "\tMax Memory Used: 163 MB\tRestore Duration: 789.64 ms\tBilled Restore Duration: 163 ms",
    )[1:] == [
        (
            "platform.initReport",
            {
                "initializationType": "snap-start",
                "phase": "init",
                "status": "success",
                "metrics": {"durationMs": 9908.09},
            },
        ),
        (
            "platform.restoreStart",
            {"runtimeVersion": "java:21.v38", "runtimeVersionArn": "arn:aws:lambda:r::runtime:81e4"},
        ),
        ("platform.restoreReport", {"status": "success", "metrics": {"durationMs": 789.64}}),
        (
            "platform.restoreReport",
            {"status": "error", "errorType": "Runtime.ExitError", "metrics": {"durationMs": 1236.04}},
        ),
        (
            "platform.report",
            {
                "requestId": ONE,
                "status": "success",
                "metrics": {
                    "durationMs": 149.53,
                    "billedDurationMs": 313,
                    "memorySizeMB": 3538,
                    "maxMemoryUsedMB": 163,
                    "restoreDurationMs": 789.64,
                },
            },
        ),
    ]


def test_extensions() -> None:
    assert converted(
        "TELEMETRY\tName: telemap\tState: Subscribed\tTypes: [Platform, Function, Extension]",
        "EXTENSION\tName: telemap\tState: Ready\tEvents: [INVOKE,SHUTDOWN]",
        "EXTENSION\tName: other\tState: ExitError\tEvents: []\tError Type: Extension.Crash",
        "LOGS\tName: old\tState: Subscribed\tTypes: [Platform]",
    ) == [
        (
            "platform.telemetrySubscription",
            {"name": "telemap", "state": "Subscribed", "types": ["platform", "function", "extension"]},
        ),
        ("platform.extension", {"name": "telemap", "state": "Ready", "events": ["INVOKE", "SHUTDOWN"]}),
        ("platform.extension", {"name": "other", "state": "ExitError", "events": [], "errorType": "Extension.Crash"}),
        ("platform.logsSubscription", {"name": "old", "state": "Subscribed", "types": ["platform"]}),
    ]


def test_tabs_may_have_become_blanks() -> None:
    line = f"REPORT RequestId: {ONE} Duration: 1.50 ms Billed Duration: 2 ms Memory Size: 128 MB Max Memory Used: 40 MB"
    metrics = {"durationMs": 1.5, "billedDurationMs": 2, "memorySizeMB": 128, "maxMemoryUsedMB": 40}
    assert converted(line) == [("platform.report", {"requestId": ONE, "status": "success", "metrics": metrics})]


def test_streams_are_told_apart() -> None:
    other = STREAM.replace("[", "shop[").replace("LATEST]0", "LATEST]f")
    lines = [
        (STREAM, "INIT_START Runtime Version: python:3.13.v61"),
        (other, "INIT_START Runtime Version: python:3.13.v61"),
        (other, f"START RequestId: {TWO} Version: 1"),
        (STREAM, f"START RequestId: {ONE} Version: 1"),
        (STREAM, f"REPORT RequestId: {ONE}\tDuration: 1.00 ms\tInit Duration: 111.00 ms"),
        (other, f"REPORT RequestId: {TWO}\tDuration: 1.00 ms\tInit Duration: 222.00 ms"),
    ]
    text = "".join(f"2026-03-02T08:14:09.{n:03d}+00:00 {stream} {line}\n" for n, (stream, line) in enumerate(lines))
    events = events_of(text)
    assert events[1]["record"]["functionName"] == "shop"
    durations = [e["record"]["metrics"]["durationMs"] for e in events if e["type"] == "platform.initReport"]
    assert durations == [222.0, 111.0]
    types = [event["type"].removeprefix("platform.") for event in events]
    assert types == ["initStart", "initStart", "initReport", "start", "initReport", "start", "report", "report"]


JSON_FORMAT = [
    {"time": "2026-03-02T08:14:09.117Z", "type": "platform.initStart", "record": INIT},
    {"timestamp": "2026-03-02T08:14:09.200Z", "level": "INFO", "message": "ready", "requestId": ONE},
    {"time": "2026-03-02T08:14:09.300Z", "type": "platform.start", "record": {"requestId": ONE}},
    {"_aws": {"Timestamp": 1, "CloudWatchMetrics": []}, "orders": 1},
    {"time": "2026-03-02T08:14:09.404Z", "type": "platform.report", "record": {"requestId": ONE, "metrics": {}}},
]


@pytest.mark.parametrize(
    "form",
    [
        lambda lines: "".join(f"{json.dumps(line)}\n" for line in lines),
        lambda lines: "".join(f"2026-03-02T08:14:09.000Z {json.dumps(line)}\n" for line in lines),
        lambda lines: "".join(f"2026-03-02T08:14:09+00:00 {STREAM} {json.dumps(line, indent=4)}\n" for line in lines),
        lambda lines: json.dumps([{"@timestamp": "2026-03-02 08:14:09.000", "@message": line} for line in lines]),
    ],
    ids=["bare", "export to S3", "aws logs tail --format json", "Insights' JSON"],
)
def test_lambda_s_json_log_format_has_events_of_the_platform_and_objects_of_the_function(
    form: Callable[[list[Any]], str],
) -> None:
    events = events_of(form(JSON_FORMAT))
    assert [event for event in events if event["type"] != "function"] == JSON_FORMAT[::2]
    assert [event["record"] for event in events if event["type"] == "function"] == JSON_FORMAT[1::2]


def test_json_alone_is_text_which_parse_json_reads_in_either_log_format() -> None:
    text = "".join(f"{json.dumps(line)}\n" for line in JSON_FORMAT[1::2])
    assert [json.loads(event["record"]) for event in events_of(text)] == JSON_FORMAT[1::2]


def test_a_line_that_is_printed_stays_text_in_the_json_log_format() -> None:
    text = "".join(f"{json.dumps(line)}\n" for line in JSON_FORMAT[:2]) + "printed\n"
    assert [(event["type"], event["record"]) for event in events_of(text)] == [
        ("platform.initStart", INIT),
        ("function", JSON_FORMAT[1]),
        ("function", "printed"),
    ]


def test_what_telemap_recorded_in_a_log_is_better_than_the_log() -> None:
    recorded = [
        json.loads(log_lines.write_event("p", n, json.dumps({"type": "function", "record": n}))) for n in (2, 1, 2)
    ]
    messages = [*LOG[:2], *(("08:14:09.310", json.dumps(line)) for line in recorded), *LOG[2:]]
    text = "".join(f"2026-03-02T{time}Z {text.rstrip()}\n" for time, text in messages)
    assert events_of(text) == [{"type": "function", "record": 1}, {"type": "function", "record": 2}]
    assert log_lines.KEY == KEY


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "events").glob("*.json")), ids=lambda path: path.stem)
def test_recordings_are_taken_as_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = "".join(f"{json.dumps(event)}\n" for event in json.loads(text))
    assert convert(text) is None
    assert convert(lines) is None
    assert convert(text[: len(text) * 2 // 3]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "version: 1\n\nmetrics:\n  a_total: {type: counter}\n",
        "# shop\nversion: 1\ninclude: [telemap:default]\n",
        "[]",
        '{"events": []}',
        '[\n {"type": "platform.start", "record": {}},\n {"ty',
        '{"type": "platform.start"}\n',
    ],
)
def test_what_is_no_log_is_left_alone(text: str) -> None:
    assert convert(text) is None


def test_a_log_that_is_cut_anywhere_is_converted_as_far_as_it_is_there() -> None:
    for form in ("filter-log-events", "get-query-results, the last first", "aws logs tail", "console's CSV"):
        text = FORMS[form]()
        events = events_of(text[: len(text) * 4 // 5])
        assert len(events) >= 5, form


def test_plain_lines_are_what_the_function_printed() -> None:
    assert [event["record"] for event in events_of("order placed\nsecond line\n  goes on\n")] == [
        "order placed",
        "second line\n  goes on",
    ]


def test_the_note_tells_what_it_was_and_what_is_assumed() -> None:
    conversion = convert(FORMS["aws logs tail"]())
    assert conversion is not None
    assert conversion.note == (
        "11 messages of the output of 'aws logs tail'. A log does not tell the type of an initialisation: on-demand is "
        "assumed. Lines about failures are left out (1): events have a status instead"
    )


def test_the_session_answers_with_events_and_note() -> None:
    session = Session()
    answer = session.ask("convert", {"text": FORMS["sam logs"]()})
    assert answer["text"].count("\n") == len(EXPECTED)
    assert "sam logs" in answer["note"]
    assert session.ask("convert", {"text": "[]"}) == {"text": None, "note": None}


@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from([text for _, text in LOG]),
            st.sampled_from(
                [f"2026-03-02T08:14:09Z {STREAM} ", "2026-13-99 99:99:99 ", "EVENTS\t", "@message,\n", '{"']
            ),
            st.sampled_from(["\n", "\t", "\r\n", "9" * 5000, '{"events": [', '"telemapRecord"', "\x1b[32m"]),
        ),
        max_size=12,
    ).map("".join)
)
def test_anything_is_converted_or_left_alone(text: str) -> None:
    conversion = convert(text)
    if conversion is not None:
        lines = conversion.text.split("\n")[:-1]
        assert [json.loads(line)["type"] for line in lines]
        assert len(lines) == conversion.events


def test_a_long_log_takes_time_in_proportion() -> None:
    def seconds(repeats: int) -> float:
        text = FORMS["aws logs tail"]() * repeats
        begun = time.thread_time()
        convert(text)
        return time.thread_time() - begun

    seconds(10)
    assert seconds(2000) < 60 * seconds(200)


def test_times_are_found_in_texts_of_many_forms() -> None:
    for written in (
        "2026-03-02T08:14:09Z",
        "2026-03-02 08:14:09",
        "2026-03-02T08:14:09,000+0000",
        "2026-03-02T09:14:09+01:00",
    ):
        events = events_of(f"{written} START RequestId: {ONE} Version: 1\n")
        assert events[0]["time"] == "2026-03-02T08:14:09.000Z", written
