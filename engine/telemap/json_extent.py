"""Find the end of a JSON value without building it, because a large one takes much time and memory."""

from __future__ import annotations

import re
from itertools import accumulate, islice
from typing import Final, NamedTuple

MAX_VALUES: Final = 100_000
"""Most values in an event: decoding them takes some ten milliseconds. A record of 1 MiB, the largest that Lambda
buffers, has room for this many nine-digit numbers."""

PIECE: Final = 32 * 1024
"""Most characters scanned at once."""

_ESCAPE: Final = re.compile(r"\\.", re.DOTALL)
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
"""A string, which may extend into the next piece, or a bracket."""

_DEPTHS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS: Final = bytes(set(range(256)).difference(b"[]{}"))
_MAX_LEVELS: Final = 16
"""Levels of brackets that are paired level by level; if there are more, brackets are counted one by one."""


class Place(NamedTuple):
    """The state of the scanner between two pieces.

    Attributes:
        in_text: whether it is within a string.
        escaped: whether the next character is escaped.
    """

    in_text: bool = False
    escaped: bool = False


class Extent:
    """Scans a JSON object, array or string, piece by piece.

    Args:
        place: the state before the first piece.

    Attributes:
        place: the state after the last piece.
        depth: number of open brackets; negative if more were closed than opened.
        values: approximate number of values.
    """

    def __init__(self, place: Place = Place()) -> None:  # noqa: B008 - it never changes
        self.place = place
        self.depth = 0
        self.values = 0

    def walk(self, piece: str) -> int | None:
        """Scan the next piece, of at most `PIECE` characters.

        Returns:
            The end of the value; None if it continues. The rest of the piece is scanned, too.
        """
        outside, place = _outside(piece, self.place)
        closed, opened = _unpaired(outside)
        end = None
        if self.depth <= closed:
            end = self._end(piece, place)
        if end is not None:
            outside, _ = _outside(piece[:end], self.place)
        self.values += sum(map(outside.count, ",[{"))
        self.depth += opened - closed
        self.place = place
        return end

    def _end(self, piece: str, place: Place) -> int | None:
        """Return the position in a piece at which all brackets are closed; None if there is none."""
        begin = 0
        if self.place.in_text:
            begin = _end_of_text(piece, self.place)
            if not begin or not self.depth:
                return begin or None
        tokens = _TOKEN.findall(piece, begin)
        depths = [*accumulate((_DEPTHS.get(token, 0) for token in tokens), initial=self.depth)][1:]
        if place.in_text:  # the last token is an incomplete string
            depths.pop()
        number = next((number for number, depth in enumerate(depths) if depth <= 0), None)
        return None if number is None else next(islice(_TOKEN.finditer(piece, begin), number, None)).end()


def _outside(piece: str, place: Place) -> tuple[str, Place]:
    """Return a piece without its strings, and the state after it."""
    if not piece:
        return "", place
    rest = piece[place.escaped :]
    escaped = (len(rest) - len(rest.rstrip("\\"))) % 2 == 1
    parts = (_ESCAPE.sub("", rest[:-1] if escaped else rest) if "\\" in rest else rest).split('"')
    in_text = place.in_text == (len(parts) % 2 == 1)
    return "".join(parts[place.in_text :: 2]), Place(in_text, escaped and in_text)


def _end_of_text(piece: str, place: Place) -> int:
    """Return the end of the string in which a piece begins; 0 if it continues."""
    text = _TOKEN.match(f'"{piece[place.escaped :]}')
    end = text.end() - 1 + place.escaped if text else 0
    return 0 if _outside(piece[:end], place)[1].in_text else end


def _unpaired(outside: str) -> tuple[int, int]:
    """Return the number of unpaired closing brackets, and of unpaired opening ones."""
    brackets = outside.encode(errors="replace").translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(_MAX_LEVELS):
        paired = brackets.replace(b"[]", b"")
        if len(paired) == len(brackets):
            return brackets.count(b"]"), brackets.count(b"[")
        brackets = paired
    depths = [*accumulate((1 if bracket == 91 else -1 for bracket in brackets), initial=0)]
    return -min(depths), depths[-1] - min(depths)
