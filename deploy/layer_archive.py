"""Pack a folder reproducibly: the same content yields the same bytes."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every file: the earliest that the format supports."""

_LEVEL = 7
"""Of compression: 9 takes three times as long, for a layer that is half a percent smaller."""

_UNIX = 3
_REGULAR_FILE = 0o100000


def pack(folder: Path, archive: Path, programs: frozenset[str]) -> None:
    """Write a zip of a folder.

    Args:
        folder: The folder to pack.
        archive: The file to write; its folder is created if necessary.
        programs: Names of executable files in the folder; all others are only readable.
    """
    archive.parent.mkdir(parents=True, exist_ok=True)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w") as packed:
        for name in names:
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.create_system = _UNIX
            entry.external_attr = (_REGULAR_FILE | (0o755 if name in programs else 0o644)) << 16
            packed.writestr(entry, (folder / name).read_bytes(), zipfile.ZIP_DEFLATED, _LEVEL)
