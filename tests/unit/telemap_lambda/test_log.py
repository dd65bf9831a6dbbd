"""The extension's own log, and the barrier that writes to it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from telemap_lambda.barrier import attempt
from telemap_lambda.log import LEVELS, Log

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
    Log().warning('first\nsecond "ä" \udcff')
    (line,) = lines(capsys)

    assert line == {
        "time": line["time"],
        "level": "warning",
        "logger": "telemap",
        "message": 'first\nsecond "ä" \udcff',
    }
    assert datetime.now(UTC) - datetime.fromisoformat(line["time"]) < timedelta(seconds=60)


def test_a_thing_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    log = Log()
    log.once("a", "first")
    log.once("a", "second")
    log.once("b", "third")

    assert [line["message"] for line in lines(capsys)] == ["first", "third"]


def test_the_barrier_gives_what_the_action_gives() -> None:
    assert attempt(lambda: 7, Log()) == 7


def test_the_barrier_says_what_went_wrong_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert attempt(lambda: 1 // 0, Log()) is None
    (line,) = lines(capsys)

    assert line["level"] == "error"
    assert "ZeroDivisionError" in line["message"]


def test_a_log_without_an_end_stops_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    closed = (tmp_path / "closed").open("w")
    closed.close()
    for stream in (closed, None):
        monkeypatch.setattr(sys, "stderr", stream)
        Log().error("nobody reads this")
        monkeypatch.undo()
