"""Read the events of a recording: JSON values one after another, or in arrays."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from telemap.errors import DecodeError
from telemap.recording.decoding import decode_items, decode_lines, spans_of_lines
from telemap.recording.pieces import DamagedError
from telemap.recording.value import read_value
from telemap.recording.window import BrokenError, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BATCH_EVENTS: Final = 1000
_BATCH_CHARACTERS: Final = 256 * 1024
"""A batch ends at the first of these limits; that is about the size of Lambda's posts."""

_COMMA: Final = "Expecting a line end between events, not a comma,"

_MAX_ERRORS: Final = 100

_LINE_OF_VALUE: Final = re.compile(r"\n(?=[{\[])")


class _Between(Enum):
    """The reader's position between tokens."""

    EVENTS = 0
    BRACKET_AND_ITEM = 1
    ITEM_AND_COMMA = 2
    COMMA_AND_ITEM = 3


class EventReader:
    """Reads events from a recording of any size: an array, an array or object per line, or objects in a row.

    Args:
        read: returns at most so many bytes, none at the end.
        on_bad: called with a message when bad lines are skipped; without it, the first bad line is an error.
        keep_spans: whether to keep the begin and end of each event, which takes longer.

    Attributes:
        count: number of events read so far.
        bad: number of lines skipped.
        errors: the first errors because of which they were skipped.
        spans: begin and end of each event in the whole text, in characters; None if they are not kept. May be ahead of
            `count`.
    """

    def __init__(
        self, read: Callable[[int], bytes], *, on_bad: Callable[[str], None] | None = None, keep_spans: bool = False
    ) -> None:
        self.spans: list[tuple[int, int]] | None = [] if keep_spans else None
        self.count = 0
        self.bad = 0
        self.errors: list[DecodeError] = []
        self._on_bad = on_bad
        self._window = Window(read)
        self._between = _Between.EVENTS
        self._array_line = 0
        self._one_by_one_until = 0

    def __iter__(self) -> Iterator[Any]:
        """Yield the events.

        Raises:
            DamagedError: the recording is damaged, whether bad lines are skipped or not.
            DecodeError: it is not a recording, or is truncated; the message names the line.
        """
        while True:
            try:
                yield from self._values()
            except DamagedError:
                raise
            except DecodeError as error:
                if self._on_bad is None:
                    self._window.raise_damage()
                    raise
                if len(self.errors) < _MAX_ERRORS:
                    self.errors.append(error)
                self._on_bad(str(error))
            else:
                return
            begin = self._window.line(self._window.at)
            goes_on = self._pass_over()
            self.bad += max(self._window.line(self._window.at) - begin, 1)
            if not goes_on:
                self._window.raise_fault()
                return

    @property
    def has_invalid_utf8(self) -> bool:
        """Return whether any byte so far was not UTF-8."""
        return self._window.source.has_invalid_utf8

    def batches(self) -> Iterator[list[Any]]:
        """Yield the events in batches of about the size of Lambda's posts.

        Raises:
            DecodeError: as when iterating; raised after a batch of the events that precede the error.
        """
        batch: list[Any] = []
        end = self._window.position() + _BATCH_CHARACTERS
        try:
            for event in self:
                batch.append(event)
                if len(batch) >= _BATCH_EVENTS or self._window.position() >= end:
                    # Ctrl-C may interrupt at any moment: never yield a batch twice.
                    full, batch, end = batch, [], self._window.position() + _BATCH_CHARACTERS
                    yield full
        except (DecodeError, KeyboardInterrupt):
            if batch:
                yield batch
            raise
        if batch:
            yield batch

    def _values(self) -> Iterator[Any]:
        """Yield events from the current position to the end or an error."""
        while self._window.skip_space():
            if self._takes(self._window.text[self._window.at]):
                self._window.at += 1
                continue
            for value in self._many():
                self.count += 1
                yield value
            if not self._window.is_at_value:
                continue
            begin = self._window.position()
            value = read_value(self._window)
            if self.spans is not None:
                self.spans.append((begin, self._window.position()))
            if self._between is not _Between.EVENTS:
                self._between = _Between.ITEM_AND_COMMA
            self.count += 1
            yield value
        self._window.raise_fault()
        if self._between is not _Between.EVENTS:
            self._between = _Between.EVENTS
            where = f"within the array that begins at line {self._array_line}"
            line, position = self._window.line(self._window.at), self._window.position()
            raise BrokenError(f"the recording is truncated {where}", line, position)

    def _takes(self, mark: str) -> bool:
        """Accept a bracket or comma between events; return whether it was one."""
        between = self._between
        if between is _Between.EVENTS:
            if mark == "," and self.count:
                raise self._window.error(_COMMA, self._window.at)
            if mark != "[":
                return False
            self._array_line = self._window.line(self._window.at)
            self._between = _Between.BRACKET_AND_ITEM
        elif mark == "]" and between is not _Between.COMMA_AND_ITEM:
            self._between = _Between.EVENTS
        elif between is not _Between.ITEM_AND_COMMA:
            return False
        elif mark == ",":
            self._between = _Between.COMMA_AND_ITEM
        else:
            raise self._window.error("Expecting ',' or ']'", self._window.at)
        return True

    def _many(self) -> list[Any]:
        """Decode values that begin here and are whole, and go behind them; none where they are decoded one by one."""
        if self._window.position() < self._one_by_one_until:
            return []
        if self._between is not _Between.EVENTS:
            if self.spans is not None:
                return []
            items, end = decode_items(self._window.text, self._window.at)
        elif self._window.text[self._window.at] == "{":
            items, end = decode_lines(self._window.text, self._window.at)
        else:
            return []
        if not items:
            self._one_by_one_until = self._window.position(end)
            return []
        if self.spans is not None:
            passed = self._window.position(0)
            spans = spans_of_lines(self._window.text, self._window.at, end)
            self.spans += [(passed + begin, passed + behind) for begin, behind in spans]
        self._window.at = end
        if self._between is not _Between.EVENTS:
            self._between = _Between.COMMA_AND_ITEM
        return items

    def _pass_over(self) -> bool:
        """Move to the next line that begins with an event or an array; return whether there is one.

        Within an array, events on lines after its first are its items.
        """
        if self._between is not _Between.ITEM_AND_COMMA:
            self._window.at += 1  # the error is in this event, not before it
        line = self._window.line(self._window.at)
        begin = max(self._window.at - 1, 0)
        while not (match := _LINE_OF_VALUE.search(self._window.text, begin)):
            begin = self._window.at = len(self._window.text)
            if self._window.has_ended:
                return False
            self._window.fill()
            begin = max(self._window.at - 1, 0)
        self._window.at = match.end()
        is_item = (
            self._between is not _Between.EVENTS
            and line > self._array_line
            and self._window.text[self._window.at] == "{"
        )
        self._between = _Between.COMMA_AND_ITEM if is_item else _Between.EVENTS
        return True
