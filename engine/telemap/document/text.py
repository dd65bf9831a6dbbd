"""The text of a mapping file: lines, and places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from telemap.document.nodes import Document, Node
from telemap.problem.place import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.problem import Problem

_LINE_END = re.compile(r"\r\n|\n|\r")
"""What editors count as the end of a line; YAML 1.1 counts more."""

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What may not stand in a YAML stream (YAML 1.1, section 5.1)."""


def find_forbidden(text: str) -> re.Match[str] | None:
    """Find the first character that may not stand in a YAML file."""
    return _FORBIDDEN.search(text)


class SourceText:
    """A text that turns offsets into lines and columns.

    Attributes:
        name: what problems call the file.
        text: all of it.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        ends = list(_LINE_END.finditer(text))
        self._starts = [0, *(end.end() for end in ends)]
        self._lines = tuple(
            text[start:stop]
            for start, stop in zip(self._starts, [*(end.start() for end in ends), len(text)], strict=True)
        )

    def line(self, number: int) -> str:
        """Return a line by its number, counted from 1, without its end."""
        return self._lines[number - 1]

    def start(self, number: int) -> int:
        """Return the offset at which a line begins, by its number, counted from 1."""
        return self._starts[number - 1]

    def span(self, start: int, end: int) -> Span:
        """Return the place of a stretch of text, from offsets counted from 0."""
        return Span(*self._position(start), *self._position(max(start, end)))

    def document(self, root: Node, sha256: str, problems: Iterable[Problem], nodes: int) -> Document:
        """Return the document that this text holds."""
        return Document(self.name, self._lines, sha256, root, tuple(problems), nodes)

    def _position(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self._starts, min(offset, len(self.text))) - 1
        return row + 1, min(offset, len(self.text)) - self._starts[row] + 1
