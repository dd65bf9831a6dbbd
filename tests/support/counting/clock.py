"""A clock that is late and catches up in leaps: sandboxes lie idle for minutes, and the test does not."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PYTHON = """\
#!/bin/sh
[ "$1 $2" = "-I -S" ] || exit 2
exec {python} -I -S {program} {lag} "$3" "$4"
"""

_PROGRAM = """\
import runpy
import sys
import time

_, lag, program, *words = sys.argv
real = time.time


def late():
    with open(lag) as file:
        return real() - float(file.read())


time.time = late
sys.argv = [program, *words]
runpy.run_path(program, run_name="__main__")
"""


class LateClock:
    """Unix time as the extension's processes see it; monotonic time, and the sandbox's own, are the machine's.

    It comes with the Python of the machine, and so with the layer that brings none.

    Args:
        folder: where its files are put.
        seconds: how late it is.
    """

    def __init__(self, folder: Path, seconds: float) -> None:
        self._seconds = seconds
        self._lag = folder / "lag"
        self._programs = folder / "bin"
        self._programs.mkdir(parents=True)
        (folder / "late.py").write_text(_PROGRAM)
        python = self._programs / "python3"
        python.write_text(_PYTHON.format(python=sys.executable, program=folder / "late.py", lag=self._lag))
        python.chmod(0o755)
        self.advance(0)

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables of a function whose extension goes by this clock."""
        return {"PATH": f"{self._programs}:/usr/bin:/bin"}

    def now(self) -> float:
        """Return the time."""
        return time.time() - self._seconds

    def advance(self, seconds: float) -> None:
        """Let time pass, while all sandboxes are frozen."""
        self._seconds -= seconds
        fresh = self._lag.with_suffix(".new")
        fresh.write_text(str(self._seconds))
        fresh.replace(self._lag)
