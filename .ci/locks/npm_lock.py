"""Check that `npm ci` can install from the locks alone, whichever registry the machine uses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDERS = ("playground", "tests/tooling/editor", "tests/tooling/workflows", "deploy/examples/nodejs")
_KINDS = ("dependencies", "devDependencies")


def npm_problems(project: Path) -> Iterator[str]:
    """Yield what the locks of npm lack, and what they should not have."""
    for folder in _FOLDERS:
        yield from _problems(project / folder, f"{folder}/package-lock.json")


def _problems(folder: Path, file: str) -> Iterator[str]:
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    if any(lock[""].get(kind) != wanted.get(kind) for kind in _KINDS):
        yield f"{file}: not the lock of package.json"
    for name, package in lock.items():
        if name and "integrity" not in package:
            yield f"{file}: {name} has no hash"
        if "resolved" in package:
            yield f"{file}: {name} has a download address"
