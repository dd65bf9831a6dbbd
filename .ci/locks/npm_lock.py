"""Check that `npm ci` can install from the lock alone, whichever registry the machine uses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDER = "tests/tooling/editor"


def npm_problems(project: Path) -> Iterator[str]:
    """Yield what the lock of the editor's language server lacks, and what it should not have."""
    lock = json.loads((project / _FOLDER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((project / _FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    if lock[""].get("dependencies") != wanted:
        yield f"{_FOLDER}/package-lock.json: not the lock of package.json"
    for name, package in lock.items():
        if name and "integrity" not in package:
            yield f"{_FOLDER}/package-lock.json: {name} has no hash"
        if "resolved" in package:
            yield f"{_FOLDER}/package-lock.json: {name} has a download address"
