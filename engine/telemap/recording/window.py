"""The part of a recording's text that is being read, and where the reader is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from telemap.errors import DecodeError
from telemap.recording.pieces import PIECE, DamagedError, TextPieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.recording.decoding import LargeValue

_SPACE: Final = " \t\r\n\ufeff"
"""Characters between values; joined files may have byte order marks."""

_SPACES: Final = re.compile(f"[{_SPACE}]*")

_SHOWN: Final = 30
"""Characters shown on either side of an error."""


class BrokenError(DecodeError):
    """The text of a recording is wrong somewhere.

    Attributes:
        line: the line, from 1; the message begins with it.
        position: the offset in the whole text, in characters.
    """

    def __init__(self, message: str, line: int, position: int) -> None:
        self.line = line
        self.position = position
        super().__init__(f"line {line}: {message}")


class NotJsonError(BrokenError):
    """A line of a recording is not JSON; other lines may be."""


class Window:
    """The part of a text of any size that is in memory.

    Args:
        read: reads at most this many bytes; none at the end.

    Attributes:
        text: the text read so far, from shortly before the position.
        at: the position in `text`.
        has_ended: whether everything has been read.
        source: the source of the text.
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
        """Convert a position in `text`, by default `at`, to one in the whole text."""
        return self._passed + (self.at if at is None else at)

    def go_to(self, position: int) -> None:
        """Move to a position in the whole text."""
        self.at = position - self._passed

    def skip_space(self) -> bool:
        """Move to the next token; return whether there is one."""
        while True:
            match = _SPACES.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text):
                return True
            if self.has_ended:
                return False
            self.fill()

    @property
    def is_at_value(self) -> bool:
        """Return whether a value, or what should be one, begins at the position."""
        return self.at < len(self.text) and self.text[self.at] not in _SPACE

    def fill(self, wanted: int = 1, large: LargeValue | None = None) -> None:
        """Read at least this many characters, up to the end, and forget the text before the position.

        A few characters are kept, to show them in errors and to recognise the start of a line.

        Args:
            wanted: the number of characters.
            large: a value at whose end to stop, or where it exceeds the limit of values.
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
        """Return the line number of a position in `text`."""
        return self._passed_lines + self.text.count("\n", 0, position) + 1

    def raise_damage(self) -> None:
        """Read on, and raise an error of the compressed data if there is one, because it explains the bad line."""
        while self.source.is_packed and not self.has_ended:
            self.at = len(self.text)
            self.fill(PIECE)
        self.raise_fault()

    def raise_fault(self) -> None:
        """Raise the error that ended the text, once."""
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def error(self, message: str, position: int) -> NotJsonError:
        """Return an error about the text at a position."""
        line, begin = self.line(position), self.line(self.at)
        before, after = self.text[max(position - _SHOWN, 0) : position], self.text[position : position + _SHOWN]
        shown = before.rpartition("\n")[2] + after.partition("\n")[0]
        event = f", in the event that begins at line {begin}" if begin < line else ""
        said = f"not JSON: {message.removesuffix(' at')} at {shown!r}{event}"
        return NotJsonError(said, line, self.position(position))
