"""Distinguish files that end from those that keep their reader waiting."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def ends(path: str | Path) -> bool:
    """Return whether a path is a regular file with a size.

    Pipes and devices may block forever, and so do some files in /proc, such as kmsg: regular files of size 0 (proc(5)).

    Raises:
        OSError: the file does not exist, or cannot be reached.
        ValueError: there is a NUL in the name.
    """
    status = os.stat(path)  # noqa: PTH116 - also of text
    return stat.S_ISREG(status.st_mode) and status.st_size > 0
