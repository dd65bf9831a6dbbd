"""`telemap record`, run from a shell on the output of `aws logs`."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from extension.lives import invocation, log_line
from patience import PATIENCE_SECONDS

from telemap.cli import main
from telemap.recording import read_events
from telemap_lambda.recording.log_lines import write_end, write_event

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = Path(__file__).parents[1] / "events"
TIME = "2026-03-02T08:14:09.117000+00:00"
STREAM = "2026/03/02/[$LATEST]5f0c9a3e"
OTHERS = ["START RequestId: 73ab4876 Version: $LATEST", '{"type": "order", "record": 1}', 'plain, and "quoted"']


def run(*arguments: object, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the command, in this process unless it reads standard input, because starting a process is slow."""
    command = ["record", *map(str, arguments)]
    if stdin is not None:
        return subprocess.run(
            [sys.executable, "-m", "telemap", *command], input=stdin, capture_output=True, check=False
        )
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = main(command)
    return subprocess.CompletedProcess(command, code, out.getvalue().encode(), err.getvalue().encode())


def events_in(done: subprocess.CompletedProcess[bytes]) -> list[Any]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def lines_of(process: str, events: list[Any]) -> list[str]:
    return [write_event(process, number, json.dumps(one)).rstrip() for number, one in enumerate(events, 1)]


FIRST = [*invocation("a"), log_line("function", 'x "quoted" \\ text\n')]
SECOND = [{**one, "time": "2026-03-02T09:00:00.000Z"} for one in invocation("b")]
MESSAGES = [OTHERS[0], *lines_of("0b", SECOND), OTHERS[1], *lines_of("0a", FIRST), OTHERS[2]]


def tail(messages: list[str]) -> str:
    return "".join(f"{TIME} {STREAM} {message}\n" for message in messages)


def tail_json(messages: list[str]) -> str:
    """Format objects as `aws logs tail --format json` does."""
    laid_out = [json.dumps(json.loads(one), indent=4) if one.startswith("{") else one for one in messages]
    return "".join(f"{TIME} {STREAM} {message}\n" for message in laid_out)


def filtered_text(messages: list[str]) -> str:
    return "".join(f"EVENTS\t3766\t1772439249117\t{STREAM}\t{message}\n\t1772439249117\n" for message in messages)


def filtered_json(messages: list[str], indent: int | None = 4) -> str:
    events = [{"logStreamName": STREAM, "timestamp": 1, "message": f"{message}\n"} for message in messages]
    return json.dumps({"events": events, "searchedLogStreams": []}, indent=indent)


def insights_csv(messages: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([["@timestamp", "@message"], *([TIME, message] for message in messages)])
    return text.getvalue()


def insights_json(messages: list[str]) -> str:
    return json.dumps(
        [{"@timestamp": TIME, "@message": json.loads(one)} for one in messages if one[0] == "{"], indent=1
    )


FORMS: dict[str, Callable[[list[str]], str]] = {
    "as it is printed": "\n".join,
    "aws logs tail": tail,
    "aws logs tail --format json": tail_json,
    "filter-log-events --output text": filtered_text,
    "filter-log-events --output json": filtered_json,
    "on one line": lambda messages: filtered_json(messages, indent=None),
    "csv": insights_csv,
    "objects": insights_json,
    "lines of Windows": "\r\n".join,
}


@pytest.mark.parametrize("form", FORMS)
def test_events_are_found_in_every_log_format_in_order(form: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(FORMS[form](MESSAGES), encoding="utf-8")
    done = run(tmp_path / "log", "--with-logs")

    assert done.returncode == 0, done.stderr
    assert events_in(done) == [*FIRST, *SECOND]
    assert done.stderr == b"telemap: events: 7, recorded by 2 processes\n"


def test_duplicate_and_unordered_lines_count_once(tmp_path: Path) -> None:
    messages = [*MESSAGES, *MESSAGES]
    random.Random(4).shuffle(messages)  # noqa: S311 - a dice that always falls the same
    (tmp_path / "a").write_text(tail(messages))
    (tmp_path / "b").write_text(filtered_json(MESSAGES))

    assert events_in(run(tmp_path / "a", tmp_path / "b", "--with-logs")) == [*FIRST, *SECOND]


@pytest.mark.integration
def test_a_log_may_be_standard_input_or_compressed(tmp_path: Path) -> None:
    (tmp_path / "log.gz").write_bytes(gzip.compress(tail(MESSAGES).encode()))
    piped = run("-", "--with-logs", stdin=tail(MESSAGES).encode())

    assert events_in(piped) == events_in(run(tmp_path / "log.gz", "--with-logs")) == [*FIRST, *SECOND]


def test_missing_truncated_and_ended_recordings_are_reported(tmp_path: Path) -> None:
    lines = lines_of("0a", FIRST)
    log = [lines[0], lines[2], lines[3][:60], write_end("0a", 5, "it has reached its bound")]
    (tmp_path / "log").write_text(tail(log))
    done = run(tmp_path / "log")

    assert events_in(done) == [FIRST[0], FIRST[2]]
    assert done.stderr.decode().splitlines() == [
        "telemap: events: 2, recorded by 1 processes",
        "telemap: missing events: 2; fetch a longer period of the log",
        "telemap: skipped recorded lines that were truncated or changed: 1",
        "telemap: recordings that ended before their processes: 1; it has reached its bound",
    ]


def test_with_logs_recordings_are_unchanged() -> None:
    paths = sorted(EVENTS.glob("*.json"))
    events = [event for path in paths for event in json.loads(path.read_text(encoding="utf-8"))]

    assert events_in(run(*paths, "--with-logs")) == events


def test_log_text_is_removed_from_a_recording() -> None:
    done = run(EVENTS / "function_logs_json.json")
    before = json.loads((EVENTS / "function_logs_json.json").read_text(encoding="utf-8"))

    assert [one["type"] for one in events_in(done)] == [one["type"] for one in before]
    assert b"insufficient_funds" not in done.stdout
    assert b"latency_ms" in done.stdout


def test_the_same_events_yield_the_same_output_file(tmp_path: Path) -> None:
    source = EVENTS / "function_logs_text.json"
    plain, packed, again = (tmp_path / name for name in ("a.ndjson", "a.ndjson.gz", "again.ndjson.gz"))
    for path in (plain, packed, again):
        done = run(source, "-o", path)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

    assert packed.read_bytes() == again.read_bytes()
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    with packed.open("rb") as stream:
        assert len(list(read_events(stream))) == len(json.loads(source.read_text(encoding="utf-8")))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "FILE is missing"),
        (["no-such-file"], "no such file: no-such-file"),
        ([""], "FILE: the name of a file is empty"),
        (["."], "is a directory"),
        (["-", "-"], "standard input can be read only once"),
        (["e.json", "-o", "e.json"], "choose another name for --output"),
        (["e.json", "-o", "no/where"], "cannot write no/where"),
        (["e.json", "-o", ""], "--output: the name of a file is empty"),
        (["e.json", "--sandbox"], "unknown option --sandbox"),
    ],
)
def test_a_usage_error_writes_nothing(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = json.dumps(invocation("a"))
    Path("e.json").write_text(text)
    done = run(*arguments, stdin=b"")

    assert (done.returncode, done.stdout) == (2, b"")
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("e.json", text)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "was TELEMAP_RECORD=log set"),
        (b"[]", "no telemetry events in "),
        (b"START RequestId: 1\nEND RequestId: 1\n", "it has no lines written by TELEMAP_RECORD=log"),
        (b'{"events": []}', "no telemetry events in "),
        (b"\x00\xff\xfe" * 50, "is not a recording"),
        (gzip.compress(b"[1, 2]" * 9000, mtime=0)[:40], "telemap: "),
        (gzip.compress(tail(MESSAGES).encode(), mtime=0)[:-300], "telemap: "),
        (b'{"telemapRecord":' * 3000, "truncated or changed"),
        (b'{"telemapRecord":{"process":1,"number":2,"event":{}}}', "truncated or changed"),
        (b"[" * 100_000, "is not a recording"),
    ],
    ids=range(10),
)
def test_a_file_without_a_recording_is_reported_and_writes_no_file(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(content)
    done = run(tmp_path / "log", "-o", tmp_path / "out")

    assert (done.returncode, done.stdout) == (1, b"")
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_events_before_a_bad_line_and_in_other_files_are_kept(tmp_path: Path) -> None:
    first, second = invocation("a")[:2]
    (tmp_path / "part.ndjson").write_text(f"{json.dumps(first)}\nnot json\n{json.dumps(second)}\n")
    (tmp_path / "log").write_text(tail(MESSAGES))
    done = run(tmp_path / "log", tmp_path / "part.ndjson", "-o", tmp_path / "out", "--with-logs")

    assert (done.returncode, done.stdout) == (1, b"")
    assert [json.loads(one) for one in (tmp_path / "out").read_text().splitlines()] == [first, *FIRST, *SECOND]
    said = done.stderr.decode()
    assert "part.ndjson: line 2: not JSON: " in said
    assert "; 1 event before that is taken, nothing after it: fix the line, or remove it\n" in said
    assert "is not a recording" not in said


def test_events_before_damage_in_a_log_are_kept(tmp_path: Path) -> None:
    dice = random.Random(3)  # noqa: S311 - a dice that always falls the same
    noise = [dice.randbytes(900).hex() for _ in range(400)]
    whole = bytearray(gzip.compress(tail([*MESSAGES, *noise]).encode()))
    (tmp_path / "cut.gz").write_bytes(whole[:-1000])
    whole[-9000:-5000] = b"\xff" * 4000
    (tmp_path / "damaged.gz").write_bytes(whole)
    for name in ("cut.gz", "damaged.gz"):
        done = run(tmp_path / name, "--with-logs")

        assert (done.returncode, events_in(done)) == (1, [*FIRST, *SECOND])
        assert b"the gzip data is truncated or damaged" in done.stderr


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_another_encoding_is_reported_first(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(f'{{"a": 1}}\n{tail(MESSAGES)}'.encode(encoding))
    done = run(tmp_path / "log")

    assert done.returncode == 1
    assert done.stderr.decode() == f"telemap: {tmp_path / 'log'}: this is UTF-16 or UTF-32 text: save it as UTF-8\n"


@pytest.mark.integration
def test_ctrl_c_keeps_what_was_read(tmp_path: Path) -> None:
    pipe, out = tmp_path / "events", tmp_path / "out.ndjson.gz"
    os.mkfifo(pipe)
    (tmp_path / "first.ndjson").write_text("".join(f"{json.dumps(one)}\n" for one in FIRST))
    command = [sys.executable, "-m", "telemap", "record", str(tmp_path / "first.ndjson"), str(pipe), "-o", str(out)]
    # The pipe opens as soon as the command reads it, after the first file.
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process, pipe.open("wb"):
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 130
    assert told == b"telemap: interrupted after 4 events, which have been written\n"
    assert len(gzip.decompress(out.read_bytes()).splitlines()) == len(FIRST)


def test_a_recording_that_contains_recorded_lines_is_not_a_log(tmp_path: Path) -> None:
    events = [*invocation("a"), log_line("function", f"say {lines_of('0a', FIRST)[0]}")]
    (tmp_path / "r.ndjson").write_text("".join(f"{json.dumps(one)}\n" for one in events))

    assert events_in(run(tmp_path / "r.ndjson", "--with-logs")) == events
