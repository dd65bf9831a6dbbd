"""The extension's own log, and the barrier that writes to it."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import PATIENCE_SECONDS

from telemap.push import Basic, Bearer
from telemap_lambda.barrier import attempt, report_threads
from telemap_lambda.log import LEVELS, Log
from telemap_lambda.world import threads

if TYPE_CHECKING:
    from pathlib import Path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize(("level", "written"), [("debug", 3), ("info", 3), ("warning", 2), ("error", 1)])
def test_lines_of_a_level_or_above_are_written(capsys: pytest.CaptureFixture[str], level: str, written: int) -> None:
    log = Log(level)
    log.info("one")
    log.warning("two")
    log.error("three")

    assert [line["message"] for line in lines(capsys)] == ["one", "two", "three"][3 - written :]
    assert level in LEVELS


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    Log().warning("first", 'second "ä" \udcff')
    (line,) = lines(capsys)

    assert line == {
        "time": line["time"],
        "level": "warning",
        "logger": "telemap",
        "message": 'first\nsecond "ä" \\udcff',
    }
    assert datetime.now(UTC) - datetime.fromisoformat(line["time"]) < timedelta(seconds=60)


def test_a_line_feed_in_a_message_does_not_start_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    Log().warning("cannot read a\n::error::b\x1b[31m\u202e.yaml", "below")
    (line,) = lines(capsys)

    assert line["message"] == "cannot read a\\n::error::b\\x1b[31m\\u202e.yaml\nbelow"


@given(st.lists(st.text(st.characters(codec=None)), min_size=1, max_size=3))
def test_whatever_is_logged_is_one_line_of_printable_ascii(texts: list[str]) -> None:
    written = io.StringIO()
    with contextlib.redirect_stderr(written):
        Log().warning(*texts)
    (line,) = written.getvalue().splitlines()

    assert line.isascii()
    assert line.isprintable()
    assert [one.isprintable() for one in json.loads(line)["message"].split("\n")] == [True] * len(texts)


def test_a_long_line_is_truncated(capsys: pytest.CaptureFixture[str]) -> None:
    Log().warning("x" * 60_000, "below")
    (line,) = lines(capsys)

    assert line["message"].startswith("xxx")
    assert line["message"].endswith("xxx... (60,000 characters)\nbelow")
    assert len(line["message"]) < 5_000


def test_secrets_of_the_environment_are_never_logged(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://scraper7:Zx9-Secret-Q/x@127.0.0.1:1")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "FwoGZXIvYXdzEBYaD/token+with=marks")
    log = Log("debug")
    log.debug("cannot parse 'scraper7:Zx9-Secret-Q'")
    log.error("the request had FwoGZXIvYXdzEBYaD%2Ftoken%2Bwith%3Dmarks", "and http://u:p@host")
    attempt(lambda: int("Zx9-Secret-Q"), log)

    messages = [line["message"] for line in lines(capsys)]
    assert messages[:2] == ["cannot parse 'scraper7:***'", "the request had ***\nand http://***@host"]
    assert "ValueError" in messages[2]
    assert "Zx9-Secret" not in messages[2]


def test_credentials_that_are_hidden_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    log = Log()
    log.warning("a push failed")
    log.hide(Basic("push", "s3same/&x"))
    log.hide(None)
    log.warning("a push failed: s3same%2F%26x")
    log.hide(Bearer("s3.token~"))
    log.warning("a push failed: s3same/&amp;x, s3.token~")

    assert [line["message"] for line in lines(capsys)] == [
        "a push failed",
        "a push failed: ***",
        "a push failed: ***, ***",
    ]


def test_a_thread_that_ends_by_an_exception_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    before, reported = threads.report, threading.Event()
    try:
        report_threads(Log())
        report = threads.report

        def note(name: str, error: Exception) -> None:
            report(name, error)
            reported.set()

        threads.report = note
        threads.start("listener", lambda: 1 // 0)
        assert reported.wait(PATIENCE_SECONDS)
    finally:
        threads.report = before
    (line,) = lines(capsys)

    assert line["level"] == "error"
    assert line["message"].startswith("internal error in telemap, thread 'listener' has ended\nTraceback")
    assert line["message"].endswith("ZeroDivisionError: integer division or modulo by zero")


def test_a_message_is_logged_once(capsys: pytest.CaptureFixture[str]) -> None:
    log = Log()
    log.once("a", "first")
    log.once("a", "second")
    log.once("b", "third")

    assert [line["message"] for line in lines(capsys)] == ["first", "third"]


def test_the_barrier_returns_the_result() -> None:
    assert attempt(lambda: 7, Log()) == 7


def test_the_barrier_logs_errors_and_continues(capsys: pytest.CaptureFixture[str]) -> None:
    assert attempt(lambda: 1 // 0, Log()) is None
    (line,) = lines(capsys)

    assert line["level"] == "error"
    assert "ZeroDivisionError" in line["message"]


def test_a_closed_log_does_not_raise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    closed = (tmp_path / "closed").open("w")
    closed.close()
    for stream in (closed, None):
        monkeypatch.setattr(sys, "stderr", stream)
        Log().error("nobody reads this")
        monkeypatch.undo()
