"""Folders that are tests: any folder with files in it, at any depth, so that cases can be grouped by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def case_folders(top: Path) -> list[Path]:
    """Return the cases below a folder; folders inside a case, such as those of included files, are part of it."""
    return sorted(_cases(top))


def _cases(group: Path) -> Iterator[Path]:
    for folder in group.iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            if any(path.is_file() for path in folder.iterdir()):
                yield folder
            else:
                yield from _cases(folder)


def case_name(folder: Path) -> str:
    """Return what a case is called in the output of pytest: its group and its own name."""
    return f"{folder.parent.name}/{folder.name}"
