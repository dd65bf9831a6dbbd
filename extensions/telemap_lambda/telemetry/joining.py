"""Put records together that Lambda cut over several posts.

A log record that is longer than a post may be is cut in the middle of a value, and none of the posts is valid JSON by
itself. Each piece but the last has `}]` after the cut, each but the first begins with `[` and the envelope of the
record again (DataDog/datadog-lambda-extension, pull request 1357); bytes that are cut without that are joined as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from telemap.decode import decode
from telemap.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_BYTES = 4 * 1024 * 1024
"""Most that pieces may hold together."""

_MOST_PIECES = 16

_CLOSED = b"}]"

_ENVELOPE = re.compile(rb'\[\s*(\{\s*(?:"(?:time|type)"\s*:\s*"[^"]*"\s*,\s*)*"record"\s*:)')
"""How a piece begins that goes on with a record: what stands before the record's text in the piece before it too."""

_PATIENCE = 4
"""Whole posts that may come before the rest of one that was cut."""


class Post(NamedTuple):
    """A whole post: its bytes, and the events in it."""

    body: bytes
    events: list[Any]


class Joiner:
    """Read posts, and keep those that are no JSON until the rest of them has come.

    Args:
        give_up: called with the reason for each post that is left out.
    """

    def __init__(self, give_up: Callable[[DecodeError], None]) -> None:
        self._give_up = give_up
        self._pieces: list[tuple[bytes, DecodeError]] = []
        self._whole_posts = 0

    def holds(self, body: bytes) -> bool:
        """Return whether a post is a piece that waits for its rest: then it was sent again.

        Were it not, the record would be cut into equal pieces, and is joined without this one: shorter, but once.
        """
        return any(body == piece for piece, _ in self._pieces)

    def read(self, body: bytes) -> Post | None:
        """Read a post.

        Returns:
            The post, with those before that it completes; None when it is not whole.
        """
        joined = self._join(body)  # first: the end of what was cut may look like a whole post
        if joined is not None:
            return joined
        try:
            events = decode(body)
        except DecodeError as error:
            self._keep(body, error)
            return None
        self._whole_posts += 1
        if self._pieces and self._whole_posts > _PATIENCE:
            self.end()
        return Post(body, events)

    def end(self) -> None:
        """Give up what waits for its rest."""
        self._drop(len(self._pieces))

    def _keep(self, body: bytes, error: DecodeError) -> None:
        """Keep a piece, unless nothing can begin with it, and give up older ones for which there is no room."""
        if not (self._pieces or _may_begin(body)):
            self._give_up(error)
            return
        self._whole_posts = 0
        self._pieces.append((body, error))
        while len(self._pieces) > _MOST_PIECES or sum(len(piece) for piece, _ in self._pieces) > _MOST_BYTES:
            self._drop(1)

    def _join(self, body: bytes) -> Post | None:
        """Try whether a post completes the last pieces."""
        if not body.rstrip().endswith(b"]"):
            return None
        for first in range(len(self._pieces)):
            post = _joined([*(piece for piece, _ in self._pieces[first:]), body])
            if post is not None:
                self._drop(first)
                self._pieces.clear()
                return post
        return None

    def _drop(self, count: int) -> None:
        """Give up the first pieces."""
        for _, error in self._pieces[:count]:
            self._give_up(error)
        del self._pieces[:count]


def _joined(pieces: list[bytes]) -> Post | None:
    """Read pieces as one post; None when they are none."""
    if not _may_begin(pieces[0]):
        return None
    for whole in (b"".join(pieces), _without_frames(pieces)):
        try:
            return Post(whole, decode(whole))
        except DecodeError:
            continue
    return None


def _may_begin(piece: bytes) -> bool:
    """Return whether a post may begin with a piece."""
    return piece.lstrip().startswith(b"[")


def _without_frames(pieces: list[bytes]) -> bytes:
    """Take away what Lambda puts around a cut: the end of a post before it, the beginning of one after it."""
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole.rstrip().removesuffix(_CLOSED) + _after_envelope(piece, whole)
    return whole


def _after_envelope(piece: bytes, before: bytes) -> bytes:
    """Return a piece without the envelope that stands before it too, with as much space behind it as there."""
    envelope = _ENVELOPE.match(piece)
    at = before.rfind(envelope[1]) if envelope else -1
    if envelope is None or at < 0:
        return piece
    value = before[at + len(envelope[1]) :]
    return piece[envelope.end() + len(value) - len(value.lstrip()) :]
