"""Join records that Lambda split across posts.

Lambda cuts a log record that exceeds the maximum post size in the middle of a value, so none of the posts is valid
JSON. Every piece but the last has `}]` after the cut; every piece but the first starts with `[` and repeats the
record's envelope (DataDog/datadog-lambda-extension, pull request 1357). Bytes cut without these are joined as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from telemap.decode_steps import decode_in_steps
from telemap.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from telemap.decode_steps import Step
    from telemap_lambda.telemetry.pieces import KeptPiece, Piece

_MAX_BYTES = 4 * 1024 * 1024
"""Maximum total size of the pieces, in bytes."""

_MAX_PIECES = 16

_KEPT_CHARACTERS = 1024 * 1024
"""Maximum length of text whose decoded events are kept while the rest of a post is decoded. A longer post, rare from
Lambda, is decoded once to check that it is complete, and again for its events."""

_PATIENCE = 4
"""Maximum number of complete posts that may arrive before the rest of a cut one."""


class Post(NamedTuple):
    """A complete post.

    Attributes:
        body: the bytes.
        kept: the events, as decoded in steps, or None if they must be decoded again.
    """

    body: bytes
    kept: Sequence[Step] | None

    @property
    def steps(self) -> Iterable[Step]:
        """Return the events, a few at a time."""
        return decode_in_steps(self.body) if self.kept is None else self.kept


Reading: TypeAlias = "Generator[None, None, Post | None]"
"""Work in steps of bounded time, resulting in a post or None."""


class Joiner:
    """Read posts, and keep those that are not valid JSON until the rest arrives.

    Args:
        give_up: called with the reason for each skipped post.
    """

    def __init__(self, give_up: Callable[[str], None]) -> None:
        self._give_up = give_up
        self._pieces: list[KeptPiece] = []
        self._whole_posts = 0

    @property
    def has_pieces(self) -> bool:
        """Return whether posts wait for their rest."""
        return bool(self._pieces)

    def holds(self, body: bytes) -> bool:
        """Return whether a post equals a kept piece, which means that it was sent again.

        If instead a record was cut into equal pieces, it is joined without this one: shorter, but once.
        """
        return any(body == piece.body for piece in self._pieces)

    def read(self, body: bytes) -> Reading:
        """Read a post, in steps.

        Returns:
            The post, joined with the pieces it completes, or None if it is incomplete.
        """
        joined = yield from self._join(body)  # first: the end of a cut post may look like a complete one
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
        """Drop all kept pieces."""
        self._drop(len(self._pieces))

    def _keep(self, body: bytes, reason: str) -> None:
        """Keep a piece, unless no post can start with it, and give up older ones to make room."""
        if not (self._pieces or _may_begin(body)):
            self._give_up(reason)
            return
        from telemap_lambda.telemetry.pieces import KeptPiece  # noqa: PLC0415 - few posts are cut

        self._whole_posts = 0
        self._pieces.append(KeptPiece(body, reason, self._pieces[-1] if self._pieces else None))
        while len(self._pieces) > _MAX_PIECES or sum(len(piece.body) for piece in self._pieces) > _MAX_BYTES:
            self._drop(1)

    def _join(self, body: bytes) -> Reading:
        """Try to complete the last pieces with a post.

        Only a post that closes the last open bracket can. So what starts with a given piece is decoded once, most of it
        is not decoded at all, and the total work is proportional to the input.
        """
        if not (self._pieces and body.rstrip().endswith(b"]")):
            return None
        from telemap_lambda.telemetry.pieces import Piece, frame_of  # noqa: PLC0415 - imported with the first piece

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
        """Drop the first `count` pieces."""
        for piece in self._pieces[:count]:
            self._give_up(piece.reason)
        del self._pieces[:count]


def _joined(parts: Sequence[Piece]) -> Reading:
    """Read pieces as one post; return None if they do not form one."""
    from telemap_lambda.telemetry.pieces import OUTSIDE  # noqa: PLC0415 - as above

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
        DecodeError: the post is incomplete.
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
    """Return whether a post can start with a piece."""
    return piece.lstrip().startswith(b"[")
