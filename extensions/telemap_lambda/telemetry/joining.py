"""Put records together that Lambda cut over several posts.

A log record that is longer than a post may be is cut in the middle of a value, and none of the posts is valid JSON by
itself. Each piece but the last has `}]` after the cut, each but the first begins with `[` and the envelope of the
record again (DataDog/datadog-lambda-extension, pull request 1357); bytes that are cut without that are joined as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from telemap.decode_steps import decode_in_steps
from telemap.errors import DecodeError
from telemap_lambda.telemetry.pieces import OUTSIDE, KeptPiece, Piece, frame_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from telemap.decode_steps import Step

_MAX_BYTES = 4 * 1024 * 1024
"""Most that pieces may hold together."""

_MAX_PIECES = 16

_KEPT_CHARACTERS = 1024 * 1024
"""Most text of which the decoded events are kept while the rest of a post is decoded. A post of more, as Lambda seldom
sends, is decoded once to see that it is whole, and again for its events."""

_PATIENCE = 4
"""Whole posts that may come before the rest of one that was cut."""


class Post(NamedTuple):
    """A whole post.

    Attributes:
        body: its bytes.
        kept: its events, as they were decoded in steps; None when they are decoded again.
    """

    body: bytes
    kept: Sequence[Step] | None

    @property
    def steps(self) -> Iterable[Step]:
        """The events, some at a time."""
        return decode_in_steps(self.body) if self.kept is None else self.kept


Reading: TypeAlias = "Generator[None, None, Post | None]"
"""Work in steps of a bounded time, and what comes of it: a post, or None."""


class Joiner:
    """Read posts, and keep those that are no JSON until the rest of them has come.

    Args:
        give_up: called with the reason for each post that is left out.
    """

    def __init__(self, give_up: Callable[[str], None]) -> None:
        self._give_up = give_up
        self._pieces: list[KeptPiece] = []
        self._whole_posts = 0

    def holds(self, body: bytes) -> bool:
        """Return whether a post is a piece that waits for its rest: then it was sent again.

        Were it not, the record would be cut into equal pieces, and is joined without this one: shorter, but once.
        """
        return any(body == piece.body for piece in self._pieces)

    def read(self, body: bytes) -> Reading:
        """Read a post, in steps.

        Returns:
            The post, with those before that it completes; None when it is not whole.
        """
        joined = yield from self._join(body)  # first: the end of what was cut may look like a whole post
        if joined is not None:
            return joined
        try:
            post = yield from _decoded(body)
        except DecodeError as error:
            self._keep(body, str(error))
            return None
        self._whole_posts += 1
        if self._pieces and self._whole_posts > _PATIENCE:
            self.end()
        return post

    def end(self) -> None:
        """Give up what waits for its rest."""
        self._drop(len(self._pieces))

    def _keep(self, body: bytes, reason: str) -> None:
        """Keep a piece, unless nothing can begin with it, and give up older ones for which there is no room."""
        if not (self._pieces or _may_begin(body)):
            self._give_up(reason)
            return
        self._whole_posts = 0
        self._pieces.append(KeptPiece(body, reason, self._pieces[-1] if self._pieces else None))
        while len(self._pieces) > _MAX_PIECES or sum(len(piece.body) for piece in self._pieces) > _MAX_BYTES:
            self._drop(1)

    def _join(self, body: bytes) -> Reading:
        """Try whether a post completes the last pieces.

        Only what closes the last open bracket can do so. Whatever begins with a piece is therefore decoded once, most
        of it is not decoded at all, and all of that together is in proportion to what came.
        """
        if not (self._pieces and body.rstrip().endswith(b"]")):
            return None
        last = Piece(body, 0, len(body))
        last_framed = Piece(body, frame_of(body, self._pieces[-1]).size, len(body))
        for first, beginning in enumerate(self._pieces):
            if not _may_begin(beginning.body):
                continue
            rest = self._pieces[first + 1 :]
            for parts in (
                [beginning.plain, *(piece.plain for piece in rest), last],
                [beginning.first, *(piece.between for piece in rest), last_framed],
            ):
                post = yield from _joined(parts)
                if post is not None:
                    self._drop(first)
                    self._pieces.clear()
                    return post
        return None

    def _drop(self, count: int) -> None:
        """Give up the first pieces."""
        for piece in self._pieces[:count]:
            self._give_up(piece.reason)
        del self._pieces[:count]


def _joined(parts: Sequence[Piece]) -> Reading:
    """Read pieces as one post; None when they are none."""
    place, depth = OUTSIDE, 0
    for number, part in enumerate(parts, 1):
        place, opened = yield from part.walk(place)
        depth += opened
        if (place == OUTSIDE and depth <= 0) != (number == len(parts)):
            return None
    try:
        return (yield from _decoded(b"".join(part.bytes for part in parts)))
    except DecodeError:
        return None


def _decoded(body: bytes) -> Generator[None, None, Post]:
    """Decode a post to its end.

    Raises:
        DecodeError: it is not whole.
    """
    kept: list[Step] = []
    size = 0
    for step in decode_in_steps(body):
        size += step.size
        if size <= _KEPT_CHARACTERS:
            kept.append(step)
        else:
            kept.clear()
        yield
    return Post(body, kept if size <= _KEPT_CHARACTERS else None)


def _may_begin(piece: bytes) -> bool:
    """Return whether a post may begin with a piece."""
    return piece.lstrip().startswith(b"[")
