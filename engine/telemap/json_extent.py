"""How far a JSON value goes, found without building it: a value of many parts takes long to build, and much memory."""

from __future__ import annotations

import re
from itertools import accumulate, islice
from typing import Final, NamedTuple

MOST_VALUES: Final = 100_000
"""Most values in one event: decoding these takes some ten milliseconds. A record of 1 MiB, the largest that Lambda
buffers, has room for as many numbers of nine digits."""

PIECE: Final = 32 * 1024
"""Most characters that are walked over at once."""

_ESCAPE: Final = re.compile(r"\\.", re.DOTALL)
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
"""A text, which the next piece may end, or a bracket."""

_DEPTHS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS: Final = bytes(set(range(256)).difference(b"[]{}"))
_MOST_LEVELS: Final = 16
"""Levels of brackets that are paired all at once; where there are more, brackets are counted one by one."""


class Place(NamedTuple):
    """Where a piece of JSON begins or ends.

    Attributes:
        in_text: whether it is within a text.
        escaped: whether the next character is escaped.
    """

    in_text: bool = False
    escaped: bool = False


class Extent:
    """Walk over a JSON object, array or text, piece by piece.

    Args:
        place: where the first piece begins.

    Attributes:
        place: where the last piece ended.
        depth: brackets that are open; negative when more were closed than opened.
        values: about how many values there are.
    """

    def __init__(self, place: Place = Place()) -> None:  # noqa: B008 - it never changes
        self.place = place
        self.depth = 0
        self.values = 0

    def walk(self, piece: str) -> int | None:
        """Walk over the next piece, of at most `PIECE` characters.

        Returns:
            Where the value ends; None when it goes on. What follows in the piece is walked over all the same.
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
        """Return where nothing is open any more in a piece that ends at a place."""
        begin = 0
        if self.place.in_text:
            begin = _end_of_text(piece, self.place)
            if not begin or not self.depth:
                return begin or None
        tokens = _TOKEN.findall(piece, begin)
        depths = [*accumulate((_DEPTHS.get(token, 0) for token in tokens), initial=self.depth)][1:]
        if place.in_text:  # the last token is half a text
            depths.pop()
        number = next((number for number, depth in enumerate(depths) if depth <= 0), None)
        return None if number is None else next(islice(_TOKEN.finditer(piece, begin), number, None)).end()


def _outside(piece: str, place: Place) -> tuple[str, Place]:
    """Return what of a piece is no text, and where the piece ends."""
    if not piece:
        return "", place
    rest = piece[place.escaped :]
    escaped = (len(rest) - len(rest.rstrip("\\"))) % 2 == 1
    parts = (_ESCAPE.sub("", rest[:-1] if escaped else rest) if "\\" in rest else rest).split('"')
    in_text = place.in_text == (len(parts) % 2 == 1)
    return "".join(parts[place.in_text :: 2]), Place(in_text, escaped and in_text)


def _end_of_text(piece: str, place: Place) -> int:
    """Return where the text that a piece begins in ends; 0 when it goes on."""
    text = _TOKEN.match(f'"{piece[place.escaped :]}')
    end = text.end() - 1 + place.escaped if text else 0
    return 0 if _outside(piece[:end], place)[1].in_text else end


def _unpaired(outside: str) -> tuple[int, int]:
    """Return how many brackets are closed that were not opened here, and how many are opened and not closed."""
    brackets = outside.encode(errors="replace").translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(_MOST_LEVELS):
        paired = brackets.replace(b"[]", b"")
        if len(paired) == len(brackets):
            return brackets.count(b"]"), brackets.count(b"[")
        brackets = paired
    depths = [*accumulate((1 if bracket == 91 else -1 for bracket in brackets), initial=0)]
    return -min(depths), depths[-1] - min(depths)
