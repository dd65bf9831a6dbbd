"""Bound the work that doubts about a mapping may take."""

from __future__ import annotations

from typing import Final

_MOST: Final = 50_000
"""Most facts that are looked at, all doubts about a mapping together: each takes some 10 us."""


class TooMuchError(Exception):
    """A doubt would take more work than it is worth: it is left out."""


class Effort:
    """How much work may still be done to find what is doubtful about a mapping."""

    def __init__(self) -> None:
        self._left = _MOST

    def spend(self, amount: int) -> None:
        """Take note of work that is about to be done.

        Args:
            amount: tests, texts and label sets that are looked at.

        Raises:
            TooMuchError: too much was done already.
        """
        self._left -= amount
        if self._left < 0:
            raise TooMuchError
