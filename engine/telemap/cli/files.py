"""The files that commands are given."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telemap.cli import WrongUseError
from telemap.errors import DecodeError, MappingError
from telemap.load import load
from telemap.recording import read_events
from telemap.resources import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.model import Mapping

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


def read_recording(name: str) -> Iterator[Any]:
    """Give the events of a recording, or those of standard input for `-`, one at a time.

    Raises:
        WrongUseError: it cannot be read.
        DecodeError: it is no recording; the message names file and line.
    """
    try:
        yield from read_events(io.BytesIO(read_bytes(name)))
    except DecodeError as error:
        raise DecodeError(f"{name}: {error}") from error


def require_mapping(name: str) -> None:
    """Refuse the name of a mapping that is not there.

    Raises:
        WrongUseError: there is no such file.
    """
    if not name.startswith(SHIPPED) and not Path(name).exists():
        raise WrongUseError(f"no such file: {name or 'the name is empty'}")


def load_or_show(name: str) -> Mapping | None:
    """Load a mapping, and show what is wrong with it; None when it cannot be used.

    Raises:
        WrongUseError: there is no such mapping.
    """
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` needs none of it

    require_mapping(name)
    try:
        mapping = load(name)
    except MappingError as error:
        show(error.problems)
        return None
    show(mapping.warnings)
    return mapping
