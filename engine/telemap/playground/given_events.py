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

_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
"""A character that is two UTF-16 code units."""


@dataclass(frozen=True, slots=True)
class ReadingError:
    """Why the events were not read to their end.

    Attributes:
        line: the line, from 1; None if it is not about a line.
        position: the offset in characters, likewise.
    """

    message: str
    line: int | None
    position: int | None


class GivenEvents:
    """The events of a text, up to its end or an error.

    Args:
        text: a recording, without halves of surrogate pairs.

    Attributes:
        batches: the events as `telemap preview` applies them.
        error: why it was not read to its end, if so.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.error: ReadingError | None = None
        self.batches: list[list[Any]] = []
        reader = EventReader(io.BytesIO(text.encode()).read, keep_spans=True)
        try:
            self.batches += reader.batches()
        except BrokenError as error:
            self.error = ReadingError(str(error), error.line, error.position)
        except DecodeError as error:
            self.error = ReadingError(str(error), None, None)
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
        error = self.error
        counts = Counter(one for one in self.types if one is not None)
        malformed = [number for number, one in enumerate(self.types, 1) if one is None]
        return {
            "count": len(self.events),
            "ranges": units.ranges(self._spans),
            "error": error
            and {
                "message": error.message,
                "line": error.line,
                "offset": None if error.position is None else units.offset(error.position),
            },
            "malformed": malformed[:_MAX_LISTED],
            "types": dict(counts.most_common(_MAX_LISTED)),
        }


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
