"""Commands that get a log from CloudWatch instead of a recording name the cure."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from commands import run_command

from telemap.cloudwatch.recognising import looks_like_log

if TYPE_CHECKING:
    from pathlib import Path

ADVICE = "; it is a log from CloudWatch: 'telemap playground' turns it into events"
ID = "5a1b0c2d-0000-4000-8000-0123456789ab"
STREAM = "2026/03/02/[$LATEST]0123456789abcdef0123456789abcdef"

LOGS = {
    "text": f"2026-03-02T08:14:09.117000+00:00 {STREAM} START RequestId: {ID} Version: $LATEST\n",
    "bare": f"INIT_START Runtime Version: python:3.13.v61\nSTART RequestId: {ID} Version: $LATEST\n",
    "JSON": json.dumps({"events": [{"timestamp": 1, "message": "x", "logStreamName": STREAM}]}, indent=4),
    "Insights": json.dumps({"results": [[{"field": "@timestamp", "value": "x"}]]}),
    "CSV": "timestamp,message\n1772439249117,printed\n",
}


@pytest.mark.parametrize("command", ["preview", "explain", "unmatched", "init"])
@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_the_cure_is_named(command: str, log: str, packed: str, tmp_path: Path) -> None:
    file = tmp_path / f"log{packed}"
    content = LOGS[log].encode()
    file.write_bytes(gzip.compress(content) if packed else content)
    mapping = [] if command == "init" else ["telemap:default"]
    done = run_command(command, *mapping, str(file))
    assert done.returncode == 1
    assert done.stderr.count(ADVICE) == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "not a log\n", '{"type": "function", "record": "x"}\n{"ty', '[{"a": 1}]', "a,b\n1,2\n"]
)
def test_other_files_get_other_advice(text: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(text)
    done = run_command("preview", "telemap:default", str(tmp_path / "file"))
    assert "CloudWatch" not in done.stderr
    assert not looks_like_log(text)
