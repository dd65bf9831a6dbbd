"""Read recorded events from files of any size, compressed with gzip or not."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from telemap.recording.pieces import DamagedError, ForeignError
from telemap.recording.reader import EventReader
from telemap.recording.window import BrokenError, NotJsonError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BrokenError", "DamagedError", "EventReader", "ForeignError", "NotJsonError", "read_events"]


def read_events(stream: IO[bytes]) -> Iterator[Any]:
    """Yield the events of a recording.

    Raises:
        DecodeError: it is not a recording, or is truncated; the message names the line. Raised after the events that
            precede the error.
    """
    return iter(EventReader(getattr(stream, "read1", stream.read)))
