"""Run a command of telemap in this process: to start another one for it takes longer than most commands."""

from __future__ import annotations

import io
import sys
from typing import NamedTuple
from unittest import mock

from telemap.cli import main


class Done(NamedTuple):
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


def run_command(*words: str, stdin: bytes = b"") -> Done:
    """Run a command that reads bytes, and writes to no terminal."""
    given, out, err = (io.TextIOWrapper(io.BytesIO(content), encoding="utf-8") for content in (stdin, b"", b""))
    with mock.patch.multiple(sys, stdin=given, stdout=out, stderr=err):
        try:
            code = main(words)
        except SystemExit as refused:
            code = int(refused.code or 0)
    return Done(code, _text(out), _text(err))


def _text(stream: io.TextIOWrapper[io.BytesIO]) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode()
