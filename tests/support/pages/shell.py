"""One shell for a whole page, so that what a command starts or changes is there for the next."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from patience import PATIENCE_SECONDS
from servers.process import UNPACKED_PROGRAMS, ServerError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARK = b"\x1e"
"""Stands around the exit code, behind what a command has printed."""


class Finished(NamedTuple):
    """What a command has printed, on both streams, and its exit code."""

    output: str
    code: int


class Shell:
    """A bash in a folder, with telemap on its path; whatever it starts ends with it.

    Args:
        folder: its working directory, and home.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._code = 0
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGKILL)
        for stream in (self._bash.stdin, self._bash.stdout):
            if stream is not None:
                stream.close()
        self._bash.wait()

    def run(self, command: str) -> Finished:
        """Run a command to its end; what it leaves running goes on.

        Raises:
            ServerError: the shell ended, or the command takes too long.
        """
        script = self._folder.parent / f"{self._folder.name}-command.sh"
        script.write_text(command, encoding="utf-8")
        assert self._bash.stdin is not None
        said = f"(exit {self._code}); . '{script}' </dev/null; printf '\\036%d\\036' $?\n"
        self._bash.stdin.write(said.encode())
        self._bash.stdin.flush()
        output, code = self._read()
        self._code = code
        return Finished(output, code)

    def _read(self) -> tuple[str, int]:
        """Read until the exit code comes."""
        assert self._bash.stdout is not None
        stream, read, deadline = self._bash.stdout, b"", time.monotonic() + PATIENCE_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while read.count(_MARK) < 2:
                if not selector.select(deadline - time.monotonic()):
                    raise ServerError(f"the command does not end; it printed:\n{read.decode(errors='replace')}")
                piece = os.read(stream.fileno(), 65536)
                if not piece:
                    raise ServerError(f"the shell has ended; it printed:\n{read.decode(errors='replace')}")
                read += piece
        output, code, _ = read.split(_MARK)
        return output.decode(), int(code)


def _environment(folder: Path) -> Mapping[str, str]:
    """Return what a reader's shell has: no colours, lines of 100 characters, output as it comes."""
    programs = [Path(sys.executable).parent, UNPACKED_PROGRAMS, *os.environ["PATH"].split(os.pathsep)]
    return {
        "PATH": os.pathsep.join(map(str, programs)),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "PYTHONUNBUFFERED": "1",  # both streams in one pipe, in the order of writing, as on a terminal
    }
