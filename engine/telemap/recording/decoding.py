"""Decode values of a recording: many small ones at once, a large one not before it is known to be no bomb."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from telemap.decode import lenient_int
from telemap.json_extent import MAX_VALUES, PIECE, Extent

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECODER: Final = json.JSONDecoder()
_LENIENT_DECODER: Final = json.JSONDecoder(parse_int=lenient_int)

_LEAST: Final = 1024
"""Fewer characters are not worth decoding at once."""

_BETWEEN_LINES: Final = "}\n{"
"""In JSON this stands between two values only: within one there would be a comma, and no text has a line feed."""


class Values(NamedTuple):
    """Values that stand one after another.

    Attributes:
        items: the values; none where they are to be decoded one by one.
        end: where what was looked at ends.
    """

    items: list[Any]
    end: int


def decode_one(text: str, start: int) -> tuple[Any, int]:
    """Decode the value that begins somewhere, and return where it ends, too.

    Raises:
        json.JSONDecodeError: it is no JSON.
        RecursionError: it is nested too deep.
    """
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a whole number of more digits than Python converts
        return _LENIENT_DECODER.raw_decode(text, start)


def decode_items(text: str, start: int) -> Values:
    """Decode the items of an array that are whole within the next characters, each with the comma behind it.

    If what stands before a comma is whole, it is whole items: JSON is read from left to right.
    """
    window = text[start : start + PIECE]
    if len(window) < _LEAST:
        return Values([], start)
    end = window.rfind("},") + 1 or window.rfind(",")
    items = _array_of(window[:end]) if end > 0 else None
    return Values(items or [], start + (end + 1 if items else len(window)))


def decode_lines(text: str, start: int) -> Values:
    """Decode the objects that are whole within the next characters, each with the line feed behind it."""
    window = text[start : start + PIECE]
    if len(window) < _LEAST:
        return Values([], start)
    end = window.rfind(_BETWEEN_LINES) + 1
    lines = window[:end]
    items = _array_of(lines.replace(_BETWEEN_LINES, "},{")) if end else None
    if items is None or len(items) != lines.count(_BETWEEN_LINES) + 1:
        return Values([], start + len(window))
    return Values(items, start + end)


def spans_of_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the begin and the end of each of the objects that `decode_lines` found there."""
    begin = start
    while (between := text.find(_BETWEEN_LINES, begin, end)) >= 0:
        yield begin, between + 1
        begin = between + 2
    yield begin, end


def _array_of(items: str) -> list[Any] | None:
    try:
        found, end = decode_one(f"[{items}]", 0)
    except (json.JSONDecodeError, RecursionError):
        return None
    return found if end == len(items) + 2 else None


class LargeValue:
    """Walk over a value that is larger than what was read at once, to its end, and count what is in it.

    Attributes:
        size: characters that were walked over.
        has_ended: whether its end was walked over.
    """

    def __init__(self) -> None:
        self.size = 0
        self.has_ended = False
        self._extent = Extent()

    @property
    def has_too_many_values(self) -> bool:
        """Return whether there are more values in it than one event may have."""
        return self._extent.values > MAX_VALUES

    def walk(self, text: str) -> None:
        """Walk over what comes next of the value, until its end."""
        for at in range(0, 0 if self.has_ended else len(text), PIECE):
            end = self._extent.walk(text[at : at + PIECE])
            self.size += len(text[at : at + PIECE]) if end is None else end
            if end is not None:
                self.has_ended = True
                return
