"""The files that commands are given."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from telemap.cli import WrongUseError
from telemap.errors import DecodeError, MappingError
from telemap.load import load
from telemap.recording import EventReader
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
        return _stdin().read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise WrongUseError(f"cannot read {name}: {error.strerror}") from error


class RecordingFile:
    """A recording that is read.

    Args:
        stream: what it is read from.

    Attributes:
        size: bytes that there are; None where that cannot be known.
        done: bytes that were read.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self.size = _size(stream)
        self.done = 0

    def read(self, size: int) -> bytes:
        """Read so many bytes or less; none at the end."""
        piece: bytes = self._read(size)
        self.done += len(piece)
        return piece


def _size(stream: IO[bytes]) -> int | None:
    try:
        status = os.fstat(stream.fileno())
    except (AttributeError, OSError):  # no file of the system's
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


@contextmanager
def open_recording(name: str) -> Iterator[RecordingFile]:
    """Open a recording, or standard input for `-`.

    Raises:
        WrongUseError: it cannot be opened.
    """
    if name == STDIN:
        yield RecordingFile(_stdin())
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - it is closed below; only failing to open is wrong use
    except OSError as error:
        raise WrongUseError(f"cannot read {name or 'a file without a name'}: {error.strerror}") from error
    with stream:
        yield RecordingFile(stream)


def read_recording(name: str) -> Iterator[Any]:
    """Give the events of a recording, or those of standard input for `-`, one at a time.

    Raises:
        WrongUseError: it cannot be read.
        DecodeError: it is no recording; the message names file and line.
    """
    with open_recording(name) as recording:
        try:
            yield from EventReader(recording.read)
        except DecodeError as error:
            raise DecodeError(f"{name}: {error}") from error


def _stdin() -> IO[bytes]:
    if sys.stdin is None:  # closed by whoever started the command
        raise WrongUseError("standard input is closed")
    return sys.stdin.buffer


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
