"""Pieces of posts that Lambda cut, and a quick check whether they form a whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from telemap.json_extent import PIECE, Extent, Place

if TYPE_CHECKING:
    from collections.abc import Generator

OUTSIDE = Place()

_CLOSED = b"}]"

_ENVELOPE = re.compile(rb'\[\s*+(\{\s*+(?:"(?:time|type)"\s*+:\s*+"[^"]*+"\s*+,\s*+)*+"record"\s*+:)')
"""Start of a piece that continues a record: it also precedes the record's text in the piece before."""


class Piece:
    """A part of a post."""

    def __init__(self, body: bytes, begin: int, end: int) -> None:
        self.bytes = memoryview(body)[begin:end]
        self._walks: dict[Place, tuple[Place, int]] = {}

    def walk(self, place: Place) -> Generator[None, None, tuple[Place, int]]:
        """Walk over the piece from a place; return the place at its end, and brackets opened minus closed."""
        if place not in self._walks:
            extent = Extent(place)
            for at in range(0, len(self.bytes), PIECE):
                extent.walk(str(self.bytes[at : at + PIECE], "latin-1"))
                yield
            self._walks[place] = extent.place, extent.depth
        return self._walks[place]


class KeptPiece:
    """A post that is not valid JSON, kept until the rest arrives.

    Args:
        body: the post.
        reason: why it is not valid JSON.
        before: the kept piece before it, if any.

    Attributes:
        plain: the post as received.
        first: the post without what Lambda adds after a cut.
        between: `first` without what Lambda adds before one.
    """

    def __init__(self, body: bytes, reason: str, before: KeptPiece | None) -> None:
        self.body = body
        self.reason = reason
        self.frame = frame_of(body, before)
        end = len(body.rstrip().removesuffix(_CLOSED))
        self.plain = Piece(body, 0, len(body))
        self.first = Piece(body, 0, end) if end < len(body) else self.plain
        self.between = Piece(body, self.frame.size, end) if self.frame.size else self.first


class _Frame(NamedTuple):
    """What Lambda adds before a piece: the envelope of the record it continues.

    Attributes:
        envelope: the envelope, or empty if there is none.
        space: the whitespace after it where the record begins, in bytes.
        size: the total size, in bytes.
    """

    envelope: bytes
    space: int
    size: int


_NO_FRAME = _Frame(b"", 0, 0)


def frame_of(piece: bytes, before: KeptPiece | None) -> _Frame:
    """Return the frame of a piece, if its envelope also precedes the start of the record."""
    envelope = _ENVELOPE.match(piece)
    if envelope is None or before is None:
        return _NO_FRAME
    at = before.body.rfind(envelope[1], before.frame.size)
    if at >= 0:
        begin = at + len(envelope[1])
        space = len(before.body) - begin - len(before.body[begin:].lstrip())
    elif before.frame.envelope == envelope[1]:
        space = before.frame.space
    else:
        return _NO_FRAME
    return _Frame(envelope[1], space, envelope.end() + space)
