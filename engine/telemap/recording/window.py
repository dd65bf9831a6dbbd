"""The part of a recording's text that is being read, and where the reader is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from telemap.errors import DecodeError
from telemap.recording.pieces import PIECE, DamagedError, TextPieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.recording.decoding import LargeValue

_SPACE: Final = re.compile(r"[ \t\r\n\ufeff]*")
"""What may stand between values; a byte order mark too, where files were joined."""

_SHOWN: Final = 30
"""Characters that are shown on either side of a fault."""


class NotJsonError(DecodeError):
    """What stands in a recording is no JSON; other lines of it may be."""


class Window:
    """A part of a text of any size.

    Args:
        read: gives so many bytes of it or less, none at the end.

    Attributes:
        text: what was read, from a little behind the position.
        at: the position in it.
        has_ended: whether there is nothing more to read.
        source: where the text comes from.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.text = ""
        self.at = 0
        self.has_ended = False
        self.source = TextPieces(read)
        self._pieces = iter(self.source)
        self._passed = 0
        self._passed_lines = 0
        self._fault: DamagedError | None = None

    def position(self, at: int | None = None) -> int:
        """Return where in the whole text a position in `text` is; by default, `at`."""
        return self._passed + (self.at if at is None else at)

    def go_to(self, position: int) -> None:
        """Go to a position in the whole text."""
        self.at = position - self._passed

    def skip_space(self) -> bool:
        """Go to where the next thing begins, and return whether there is one."""
        while True:
            match = _SPACE.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text):
                return True
            if self.has_ended:
                return False
            self.fill()

    def fill(self, wanted: int = 1, large: LargeValue | None = None) -> None:
        """Read so many characters or more, as long as there are any; forget what lies behind.

        A little is kept: to be shown with a fault, and to see whether a line begins here.

        Args:
            wanted: how many.
            large: a value that ends what is read: at its end, and where it has too many values.
        """
        behind = max(self.at - _SHOWN, 0)
        self._passed += behind
        self._passed_lines += self.text.count("\n", 0, behind)
        parts = [self.text[behind:]]
        self.at -= behind
        while wanted > 0 and not self.has_ended:
            try:
                piece = next(self._pieces, None)
            except DamagedError as error:
                self._fault, piece = error, None
            self.has_ended = piece is None
            parts.append(piece or "")
            wanted -= len(parts[-1])
            if large is not None:
                large.walk(parts[-1])
                if large.has_ended or large.has_too_many_values:
                    break
        self.text = "".join(parts)

    def line(self, position: int) -> int:
        """Return the number of the line of a position in `text`."""
        return self._passed_lines + self.text.count("\n", 0, position) + 1

    def raise_damage(self) -> None:
        """Raise a fault of the compression that is found further on, if there is one: a bad line is its doing."""
        while self.source.is_packed and not self.has_ended:
            self.at = len(self.text)
            self.fill(PIECE)
        self.raise_fault()

    def raise_fault(self) -> None:
        """Raise what ended the text too early, once."""
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def error(self, message: str, position: int) -> NotJsonError:
        """Make the error about what stands at a position."""
        line, begin = self.line(position), self.line(self.at)
        before, after = self.text[max(position - _SHOWN, 0) : position], self.text[position : position + _SHOWN]
        shown = before.rpartition("\n")[2] + after.partition("\n")[0]
        event = f", in the event that begins at line {begin}" if begin < line else ""
        return NotJsonError(f"line {line}: not JSON: {message.removesuffix(' at')} at {shown!r}{event}")
