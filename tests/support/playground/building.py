"""Build the playground for tests, with what `.ci/node` has installed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from servers.process import PROJECT, ServerMissingError, find_program

if TYPE_CHECKING:
    from pathlib import Path

PLAYGROUND = PROJECT / "playground"


def node() -> Path:
    """Return the path of Node.

    Raises:
        ServerMissingError: it is not on this machine, or what the playground is built of is not installed.
    """
    found = find_program("node")
    if not (PLAYGROUND / "node_modules" / ".stamp").exists():
        raise ServerMissingError("what playground/package-lock.json locks is not installed")
    return found


def build(folder: Path) -> None:
    """Build the playground as `make playground` does, into `static` and `page` of a folder.

    Raises:
        ServerMissingError: there is no Node.
    """
    targets: list[str | Path] = ["--out", folder / "static", "--page", folder / "page"]
    command = [node(), PLAYGROUND / "site.mjs", "--python", sys.executable, *targets]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr[-4000:]
