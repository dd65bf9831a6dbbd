"""The files that commands are given."""

from __future__ import annotations

import sys
from pathlib import Path

from telemap.cli import WrongUseError
from telemap.resources import SHIPPED

STDIN = "-"


def read_bytes(name: str) -> bytes:
    """Read a file, or standard input for `-`.

    Raises:
        WrongUseError: it cannot be read.
    """
    if name == STDIN:
        if sys.stdin is None:  # closed by whoever started the command
            raise WrongUseError("standard input is closed")
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise WrongUseError(f"cannot read {name}: {error.strerror}") from error


def require_mapping(name: str) -> None:
    """Refuse the name of a mapping that is not there.

    Raises:
        WrongUseError: there is no such file.
    """
    if not name.startswith(SHIPPED) and not Path(name).exists():
        raise WrongUseError(f"no such file: {name or 'the name is empty'}")
