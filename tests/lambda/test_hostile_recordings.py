"""Recordings that are bombs, through the commands that read them, in a process that has little memory."""

from __future__ import annotations

import gzip
import io
import json
import re
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from patience import PATIENCE_SECONDS

from telemap_lambda.recording.log_lines import write_event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.integration

MEBIBYTE = 1024 * 1024
ADDRESS_SPACE = 192 * MEBIBYTE

COMMANDS = {
    "preview": ["preview", "telemap:platform"],
    "explain": ["explain", "telemap:platform"],
    "unmatched": ["unmatched", "telemap:platform"],
    "record": ["record"],
}


def packed(piece: bytes, times: int) -> bytes:
    """Compress what is too large to be made at once."""
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb") as file:
        for _ in range(times):
            file.write(piece)
    return made.getvalue()


RECORDED = write_event("0a", 1, '{"type":"function","record":"a"}').strip()

BOMBS: dict[str, Callable[[], bytes]] = {
    "zeros, packed": lambda: packed(bytes(MEBIBYTE), 100),
    "a line of letters": lambda: b"a" * (100 * MEBIBYTE),
    "a number, packed": lambda: packed(b"1" * MEBIBYTE, 100),
    "a string, packed": lambda: b"".join((packed(b'"', 1), packed(b"a" * MEBIBYTE, 100))),
    "an event of many arrays": lambda: b'{"type":"function","record":[' + b"[]," * (5 * MEBIBYTE) + b"[]]}",
    "an event of many numbers": lambda: b'{"type":"function","record":[' + b"1," * (7 * MEBIBYTE) + b"1]}",
    "an event of many keys": lambda: (
        b'{"type":"function","record":{' + b",".join(b'"%d":1' % number for number in range(MEBIBYTE)) + b"}}"
    ),
    "an event with a large text": lambda: b'{"type":"function","record":"' + b"a" * (15 * MEBIBYTE) + b'"}',
    "two large events on a line": lambda: b'[["' + b"a" * (9 * MEBIBYTE) + b'"],[' + b"[]," * (2 * MEBIBYTE) + b"1]]",
    "a log whose line is long": lambda: f"{RECORDED}\n".encode() + b"x" * (100 * MEBIBYTE) + RECORDED.encode() + b"\n",
}


PROGRAM = """
import os, sys, traceback
from telemap.__main__ import program
recording, *commands = sys.argv[1:]
for command in commands:
    child = os.fork()
    if not child:
        sys.argv = ["telemap", *command.split(), recording]
        try:
            code = program()
        except BaseException:
            traceback.print_exc()
            code = 70
        sys.stderr.flush()
        os._exit(code)
    print("exit", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=sys.stderr, flush=True)
"""
"""Runs commands, each in a process of its own that has telemap imported: a start takes as long as most bombs."""


def run(recording: Path, *commands: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(recording), *map(" ".join, commands)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS * 5,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE)),
    )


@pytest.mark.parametrize("bomb", BOMBS)
def test_every_command_reads_a_bomb_in_little_memory(bomb: str, tmp_path: Path) -> None:
    (tmp_path / "bomb").write_bytes(BOMBS[bomb]())
    done = run(tmp_path / "bomb", *COMMANDS.values())
    assert "Traceback" not in done.stderr
    assert "Memory" not in done.stderr
    codes = re.findall(r"^exit (.*)$", done.stderr, re.MULTILINE)
    assert len(codes) == len(COMMANDS), done.stderr
    assert set(codes) <= {"0", "1"}, done.stderr


def test_a_log_with_a_line_that_is_too_long_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(BOMBS["a log whose line is long"]())
    done = run(tmp_path / "log", ["record", "--with-logs"])
    assert [json.loads(line)["record"] for line in done.stdout.splitlines()] == ["a"]
    assert "skipped lines of more than 16 MiB: 1" in done.stderr
