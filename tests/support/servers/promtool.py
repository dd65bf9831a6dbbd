"""Prometheus's own check of a text exposition."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from patience import PATIENCE_SECONDS
from servers.process import find_program

if TYPE_CHECKING:
    from pathlib import Path


class Promtool:
    """Prometheus's `promtool`.

    Raises:
        ServerMissingError: there is no `promtool` on this machine.
    """

    def __init__(self) -> None:
        self.program: Path = find_program("promtool")

    def check_metrics(self, text: str) -> str:
        """Return what `promtool check metrics` has to say of an exposition; nothing when all is well."""
        done = subprocess.run(
            [self.program, "check", "metrics"],
            input=text,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        complaints = done.stdout + done.stderr
        return complaints or (f"exit code {done.returncode}" if done.returncode else "")
