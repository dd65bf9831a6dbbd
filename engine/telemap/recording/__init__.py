"""Read recorded events, piece by piece: of any size, compressed with gzip or not."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from telemap.recording.pieces import DamagedError, ForeignError
from telemap.recording.reader import EventReader
from telemap.recording.window import NotJsonError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DamagedError", "EventReader", "ForeignError", "NotJsonError", "read_events"]


def read_events(stream: IO[bytes]) -> Iterator[Any]:
    """Return the events of a recording, one at a time.

    Raises:
        DecodeError: what is there is no recording, or ends too early; the message names the line. Events that stand
            before the fault have been given by then.
    """
    return iter(EventReader(getattr(stream, "read1", stream.read)))
