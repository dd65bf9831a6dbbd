"""The events of the editor, read from its text."""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from telemap.errors import DecodeError
from telemap.playground.completion import paths_of
from telemap.recording import BrokenError, EventReader
from telemap.tracing.tracer import event_type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_LISTED: Final = 1000
"""Most types, and numbers of malformed events, that are listed."""

_MAX_BAD: Final = 5000
"""Runs of bad lines after which reading ends."""

_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
"""A character that is two UTF-16 code units."""


@dataclass(frozen=True, slots=True)
class ReadingError:
    """Why some of the events were not read.

    Attributes:
        line: the line, from 1; None if it is not about a line.
        position: the offset in characters, likewise.
    """

    message: str
    line: int | None
    position: int | None


class GivenEvents:
    """The events of a text, without bad lines: while one is written, the others count.

    Args:
        text: a recording, without halves of surrogate pairs.

    Attributes:
        batches: the events as `telemap preview --skip-bad-lines` applies them.
        bad: the first errors.
        bad_lines: lines that were skipped.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.batches: list[list[Any]] = []
        reader = EventReader(io.BytesIO(text.encode()).read, on_bad=_Patience(), keep_spans=True)
        error = None
        try:
            self.batches += reader.batches()
        except DecodeError as last:
            error = last
        found = [*reader.errors, *([] if error is None or reader.errors else [error])]
        self.bad = [_reading_error(one) for one in found]
        self.bad_lines = reader.bad
        self.events: Sequence[Any] = [event for batch in self.batches for event in batch]
        self._spans = (reader.spans or [])[: len(self.events)]

    @cached_property
    def types(self) -> Sequence[str | None]:
        """Return the type of each event; None for what is not a telemetry event."""
        return [event_type_of(event) for event in self.events]

    @cached_property
    def paths(self) -> dict[str, Any]:
        """Return the paths in the events as `paths` describes them."""
        return paths_of(self.events)

    @cached_property
    def document(self) -> dict[str, Any]:
        """Return the events as `evaluate` describes them."""
        units = _Units(self.text)
        bad = [
            {
                "message": one.message,
                "line": one.line,
                "offset": None if one.position is None else units.offset(one.position),
            }
            for one in self.bad
        ]
        counts = Counter(one for one in self.types if one is not None)
        malformed = [number for number, one in enumerate(self.types, 1) if one is None]
        return {
            "count": len(self.events),
            "ranges": units.ranges(self._spans),
            "error": bad[0] if bad else None,
            "bad_lines": self.bad_lines,
            "bad": bad,
            "malformed": malformed[:_MAX_LISTED],
            "types": dict(counts.most_common(_MAX_LISTED)),
        }


class _Patience:
    """Ends the reading of a text that has too many bad lines to be a recording."""

    def __init__(self) -> None:
        self._left = _MAX_BAD

    def __call__(self, message: str) -> None:
        """Take a run of bad lines.

        Raises:
            DecodeError: there were too many.
        """
        self._left -= 1
        if not self._left:
            raise DecodeError(message)


def _reading_error(error: DecodeError) -> ReadingError:
    if isinstance(error, BrokenError):
        return ReadingError(str(error), error.line, error.position)
    return ReadingError(str(error), None, None)


class _Units:
    """Converts offsets in characters to UTF-16 code units, as an editor in a browser counts."""

    def __init__(self, text: str) -> None:
        self._astral = [] if text.isascii() else [found.start() for found in _ASTRAL.finditer(text)]

    def offset(self, position: int) -> int:
        return position + bisect_left(self._astral, position)

    def ranges(self, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
        if not self._astral:
            return list(map(list, spans))
        return [[self.offset(begin), self.offset(end)] for begin, end in spans]
