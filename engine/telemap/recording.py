"""Read recorded events from a stream: a JSON array or one JSON value a line, compressed with gzip or not."""

from __future__ import annotations

import gzip
from typing import IO, TYPE_CHECKING, Any

from telemap.decode import decode_recording

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_events(stream: IO[bytes]) -> Iterator[Any]:
    """Give the events of a recording, one at a time.

    Raises:
        DecodeError: what is there is no recording; the message names the line.
    """
    content = stream.read()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    yield from decode_recording(content.decode("utf-8-sig", errors="replace"))
