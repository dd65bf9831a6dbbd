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
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for name in ("stdout", "stderr")}
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    with mock.patch.multiple(sys, stdin=given, **streams):
        try:
            code = main(words)
        except SystemExit as refused:
            code = int(refused.code or 0)
    out, err = (stream.detach().getvalue().decode() for stream in streams.values() if not stream.flush())
    return Done(code, out, err)
