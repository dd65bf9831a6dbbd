"""What a path names, and whether it has changed, without opening it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def signature_of(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is written or replaced; None if it cannot be reached."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size


def is_special(path: Path) -> bool:
    """Return whether a path is there and no regular file: a pipe, a device or a directory."""
    return path.exists() and not path.is_file()
