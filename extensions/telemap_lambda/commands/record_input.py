"""The files that `telemap record` reads: twice, and line by line, each line of a bounded length."""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from telemap.cli import UsageError
from telemap.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

STDIN: Final = "-"

IN_MEMORY: Final = 16 * 1024 * 1024
"""Most bytes of standard input that are kept in memory; it is read twice."""

LONGEST_LINE: Final = 16 * 1024 * 1024
"""Longest line of a log that is read. A line that a function logs has at most 1 MiB; JSON on one line has many."""

_GZIP: Final = b"\x1f\x8b"
_PIECE: Final = 64 * 1024


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """Open a file that can be read twice.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        stream = sys.stdin.buffer if name == STDIN else Path(name).open("rb")  # noqa: SIM115 - closed below
    except (OSError, AttributeError) as error:  # a standard input that is closed is None
        reason = error.strerror if isinstance(error, OSError) else "it is closed"
        raise UsageError(f"cannot read {name}: {reason}") from error
    with stream, tempfile.SpooledTemporaryFile(IN_MEMORY) as copy:
        if stream.seekable():
            yield stream
        else:
            shutil.copyfileobj(stream, copy)
            yield copy


class LogLines:
    """The lines of a file from its beginning on, unpacked if it is compressed; of one that is damaged, those before.

    Attributes:
        too_long: lines that were skipped for their length.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.too_long = 0
        self._stream = stream

    def __iter__(self) -> Iterator[str]:
        """Return the lines.

        Raises:
            DecodeError: the compression is at fault.
        """
        self._stream.seek(0)
        compressed = self._stream.read(2) == _GZIP
        self._stream.seek(0)
        unpacked = gzip.GzipFile(fileobj=self._stream) if compressed else self._stream
        try:
            while beginning := unpacked.readline(_PIECE):
                line = beginning if beginning.endswith(b"\n") else _whole(beginning, unpacked)
                if line is None:
                    self.too_long += 1
                else:
                    yield line.decode("utf-8", errors="replace")
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DecodeError(f"the gzip data is truncated or damaged: {error}") from error


def _whole(beginning: bytes, stream: IO[bytes] | gzip.GzipFile) -> bytes | None:
    """Read a line to its end; None when it is too long."""
    line = bytearray(beginning)
    while piece := stream.readline(_PIECE):
        if len(line) <= LONGEST_LINE:
            line += piece
        if piece.endswith(b"\n"):
            break
    return bytes(line) if len(line) <= LONGEST_LINE else None
