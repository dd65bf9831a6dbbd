"""Levels of log records: those of every logger that is listed, and none in prose."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import telemap
from telemap.runtime.log_levels import LEVELS
from telemap.runtime.log_records import parse_log

HERE = Path(__file__).parent
LOGGERS = json.loads((HERE / "log_lines.json").read_text(encoding="utf-8"))
"""What loggers print, with the level that is meant, and where the line is from."""

LINES = [(line, level) for logger in LOGGERS for line, level in logger["lines"]]
WITHOUT_LEVEL = (HERE / "lines_without_level.txt").read_text(encoding="utf-8").splitlines()


def level_of(record: object) -> str | None:
    fields = parse_log(record)
    assert fields is not None
    level: str | None = fields.get("level")
    return level


@pytest.mark.parametrize("logger", LOGGERS, ids=lambda logger: logger["logger"])
def test_the_level_is_that_of_the_logger(logger: dict[str, list[tuple[str, str | None]]]) -> None:
    assert [(line, level_of(line)) for line, _ in logger["lines"]] == [tuple(pair) for pair in logger["lines"]]


@pytest.mark.parametrize(("line", "level"), [pair for pair in LINES if pair[0].startswith("{")])
def test_objects_have_the_level_of_their_text(line: str, level: str | None) -> None:
    try:
        record = json.loads(line)
    except ValueError:
        return
    assert level_of(record) == level


@pytest.mark.parametrize("line", WITHOUT_LEVEL)
def test_words_in_the_message_are_no_level(line: str) -> None:
    assert level_of(line) is None


OF_LOGGERS = [
    (line, level)
    for logger in LOGGERS
    if not {"lambda", "client"} & set(logger["logger"].split())  # these are what the runtime wrote
    for line, level in logger["lines"]
]


@pytest.mark.parametrize(("line", "level"), OF_LOGGERS)
def test_the_messages_own_level_counts_more_than_the_column_of_node(line: str, level: str | None) -> None:
    column = "trace" if level != "trace" else "fatal"
    assert level_of(f"2026-03-02T08:15:00.001Z\tr-1\t{column.upper()}\t{line}") == (level or column)


@pytest.mark.parametrize("record", [None, 5, ["level", "error"]])
def test_what_is_neither_text_nor_an_object_does_not_fit(record: object) -> None:
    assert parse_log(record) is None


def test_the_fields_are_those_of_the_json_and_the_level_is_one_of_six() -> None:
    assert parse_log('{"level": 50, "order": 7}') == {"level": "error", "order": 7}
    assert parse_log({"level": "gold", "order": 7}) == {"order": 7}
    assert parse_log("2026/03/02 08:15:00 hello\n") == {"message": "2026/03/02 08:15:00 hello\n"}
    assert parse_log("[WARNING] hello") == {"level": "warn", "message": "[WARNING] hello"}


def test_a_level_counts_however_late_it_stands_in_json() -> None:
    assert level_of('{"message": "' + "y" * 200_000 + '", "level": "error"}') == "error"


def test_a_level_in_json_that_is_quoted_in_the_message_is_none() -> None:
    assert level_of('ERROR got {"level": "info"}') == "error"
    assert level_of('got {"level": "info"}') is None
    assert level_of({"level": "ERROR", "message": 'got {"level": "info"}'}) == "error"


RUNTIME = {"timestamp": "2026-03-02T08:15:00.001Z", "requestId": "r-1"}


def test_records_of_lambdas_json_format_have_the_level_of_their_message() -> None:
    assert level_of({**RUNTIME, "level": "INFO", "message": '{"level": "error"}'}) == "error"
    assert level_of({**RUNTIME, "level": "INFO", "message": {"level": "error"}}) == "error"
    assert level_of({**RUNTIME, "level": "INFO", "message": "2026-03-02 08:15:00 ERROR failed"}) == "error"
    assert level_of({**RUNTIME, "level": "WARN", "message": "an error"}) == "warn"
    assert level_of({**RUNTIME, "level": "INFO", "message": '{"order": 7}'}) == "info"


def test_the_applications_own_logger_has_the_last_word_on_its_message() -> None:
    assert level_of({"level": "info", "message": "ERROR is a word"}) == "info"
    assert level_of({"level": "info", "message": {"level": "error"}}) == "info"
    assert level_of({**RUNTIME, "logger": "root", "level": "INFO", "message": "ERROR: caught"}) == "info"


def test_the_mapping_counts_all_of_them() -> None:
    events = [{"type": "function", "record": line} for line in (*(line for line, _ in LINES), *WITHOUT_LEVEL)]
    store = telemap.apply(telemap.compile(telemap.load("telemap:logs")), events)
    counts = Counter(level or "unknown" for _, level in LINES) + Counter(unknown=len(WITHOUT_LEVEL))
    made = telemap.render(store)
    for level in (*LEVELS, "unknown"):
        assert f'aws_lambda_log_lines_total{{level="{level}"}} {float(counts[level])}\n' in made


PIECES = st.sampled_from(
    (
        *"[]{}()<>|:-=+.,/\"'\t\n\r \x1b",
        "ERROR",
        "info",
        "level",
        "2026-03-02",
        "08:15:00",
        "PHP ",
        "E, [",
        " on line 7",
        "9" * 9,
    )
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=30).map("".join)
NAMES = st.sampled_from(
    ("level", "severity", "PRIORITY", "MESSAGE", "message", "requestId", "@t", "@m", "log", "name", "time")
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.just("9" * 5000)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(NAMES, TEXTS), inner, max_size=5)),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_comes_the_level_is_one_of_six_or_missing(record: object) -> None:
    for form in (record, json.dumps(record)):
        fields = parse_log(form)
        if fields is not None:
            assert fields.get("level", "info") in LEVELS


HOSTILE = (
    *("[" * 500, "- " * 250, "1 " * 250, "a." * 250, "(" * 500, "a" * 500, "1 a.a.a." * 70, "{" * 500, "{'" * 250),
    *("[a] " * 120, "1-" * 250, "[1 1 1 1 " * 60, "a=" * 250, " level" * 80, "x level=q " * 50, " " * 300_000),
    *("[0 " + "1," * 240, "1 " + "a:" * 240, "1 " + "a/" * 240, "1 " + "a  " * 200, "1 " * 8 + "a." * 200, "\t" * 999),
    *("a | " * 120, "a - " * 120, "a : " * 120, "A, [" + "x" * 400, "<" * 400, "1\n" * 240, "Aa a" * 120 + " on line "),
    *("PHP " + "A a" * 150, "Mon " * 120, ": " * 250, "[x:" * 120, "\x1b[" * 300_000, "{" * 300_000, "1\t" * 99),
)


def test_no_text_takes_long() -> None:
    began = time.thread_time()
    for text in HOSTILE:
        parse_log(text)
    assert time.thread_time() - began < 1
