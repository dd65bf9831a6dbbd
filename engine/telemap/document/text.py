"""The text of a mapping file, with its lines and locations."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

from telemap.problem.place import Span

_LINE_END = re.compile(r"\r\n|\n|\r")
"""Line ends as in editors; YAML 1.1 has more."""

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML forbids (YAML 1.1, section 5.1)."""


def find_forbidden(text: str) -> re.Match[str] | None:
    """Find the first character that YAML forbids."""
    return _FORBIDDEN.search(text)


class Lines:
    """The lines of a text without line ends, each sliced on first use.

    Args:
        text: may be a mebibyte of line ends.

    Attributes:
        text: the whole text.
        starts: the offsets of the lines.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = array("I", [0])
        self.starts.extend(found.end() for found in _LINE_END.finditer(text))
        self._known: dict[int, str] = {}

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.starts)

    def __getitem__(self, number: int) -> str:
        """Return a line by its number, counted from 0; the same object each time."""
        if number not in self._known:
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            self._known[number] = self.text[self.starts[number] : end].rstrip("\r\n")
        return self._known[number]


class SourceText:
    """A text that converts offsets to lines and columns.

    Attributes:
        name: the name of the file in problems.
        text: the whole text.
        lines: its lines.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines = Lines(text)

    def line(self, number: int) -> str:
        """Return a line by its number, counted from 1, without its end."""
        return self.lines[number - 1]

    def start(self, number: int) -> int:
        """Return the offset of a line, by its number, counted from 1."""
        return self.lines.starts[number - 1]

    def span(self, start: int, end: int) -> Span:
        """Return the location between two offsets, counted from 0."""
        return Span(*self._position(start), *self._position(max(start, end)))

    def _position(self, offset: int) -> tuple[int, int]:
        starts = self.lines.starts
        row = bisect_right(starts, min(offset, len(self.text))) - 1
        return row + 1, min(offset, len(self.text)) - starts[row] + 1
