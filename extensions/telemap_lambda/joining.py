"""Put records together that Lambda cut over several posts.

A log record of more than some 256 KiB is cut in the middle of a value, and none of the posts is valid JSON by itself
(DataDog/datadog-lambda-extension, pull request 1357).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.decode import decode
from telemap.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_BYTES = 4 * 1024 * 1024
"""Most that pieces may hold together."""

_MOST_PIECES = 8

_PATIENCE = 4
"""Whole posts that may come before the rest of one that was cut."""


class Joiner:
    """Read posts, and keep those that are no JSON until the rest of them has come.

    Args:
        give_up: called with the reason for each post that is left out.
    """

    def __init__(self, give_up: Callable[[DecodeError], None]) -> None:
        self._give_up = give_up
        self._pieces: list[tuple[bytes, DecodeError]] = []
        self._whole_posts = 0

    def read(self, body: bytes) -> list[Any] | None:
        """Read a post.

        Returns:
            Its events, with those of the posts before that it completes; None when it is not whole.
        """
        try:
            events = decode(body)
        except DecodeError as error:
            return self._join(body, error)
        self._whole_posts += 1
        if self._pieces and self._whole_posts > _PATIENCE:
            self.end()
        return events

    def end(self) -> None:
        """Give up what waits for its rest."""
        self._drop(len(self._pieces))

    def _join(self, body: bytes, error: DecodeError) -> list[Any] | None:
        """Try whether a piece completes the last ones, or keep it."""
        self._whole_posts = 0
        self._pieces.append((body, error))
        while len(self._pieces) > _MOST_PIECES or sum(len(piece) for piece, _ in self._pieces) > _MOST_BYTES:
            self._drop(1)
        if not body.rstrip().endswith(b"]"):
            return None
        for first, (piece, _) in enumerate(self._pieces[:-1]):
            if not piece.lstrip().startswith(b"["):
                continue
            try:
                events = decode(b"".join(rest for rest, _ in self._pieces[first:]))
            except DecodeError:
                continue
            self._drop(first)
            self._pieces.clear()
            return events
        return None

    def _drop(self, count: int) -> None:
        """Give up the first pieces."""
        for _, error in self._pieces[:count]:
            self._give_up(error)
        del self._pieces[:count]
