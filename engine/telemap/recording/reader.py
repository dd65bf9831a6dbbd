"""Read the events of a recording: JSON values one after another, or in arrays."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NoReturn

from telemap.errors import DecodeError
from telemap.recording.decoding import LargeValue, decode_items, decode_lines, decode_one
from telemap.recording.pieces import PIECE, DamagedError, TextPieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_CHARACTERS: Final = 16 * 1024 * 1024
"""Longest text of one event. Lambda buffers no more than 1 MiB of telemetry for a post."""

_BATCH_EVENTS: Final = 1000
_BATCH_CHARACTERS: Final = 256 * 1024
"""A batch ends at the first of these limits; that is about the size of Lambda's posts."""

_SPACE: Final = re.compile(r"[ \t\r\n\ufeff]*")
"""Text between values; joined files may have byte order marks."""

_LINE_OF_VALUE: Final = re.compile(r"\n(?=[{\[])")
_LONGEST_END: Final = 16
"""An error this close to the end of the text read so far may be due to a truncated word, number or escape."""

_LONGEST_WORD: Final = 64 * 1024
"""Longest number, which is decoded from its beginning each time that more of it is read."""

_LARGE: Final = 1024 * 1024
"""Size from which an event is read in doubling steps, because each attempt decodes it from the start."""

_SHOWN: Final = 30
"""Characters shown on either side of an error."""


class NotJsonError(DecodeError):
    """A line of a recording is not JSON; other lines may be."""


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

    Attributes:
        count: number of events read so far.
        bad: number of lines skipped.
    """

    def __init__(self, read: Callable[[int], bytes], *, on_bad: Callable[[str], None] | None = None) -> None:
        self.count = 0
        self.bad = 0
        self._on_bad = on_bad
        self._source = TextPieces(read)
        self._pieces = iter(self._source)
        self._text = ""
        self._at = 0
        self._passed = 0
        self._passed_lines = 0
        self._has_ended = False
        self._fault: DamagedError | None = None
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
                    self._raise_damage()
                    raise
                self._on_bad(str(error))
            else:
                return
            begin = self._line(self._at)
            goes_on = self._pass_over()
            self.bad += max(self._line(self._at) - begin, 1)
            if not goes_on:
                self._raise_fault()
                return

    @property
    def has_invalid_utf8(self) -> bool:
        """Return whether any byte so far was not UTF-8."""
        return self._source.has_invalid_utf8

    def batches(self) -> Iterator[list[Any]]:
        """Yield the events in batches of about the size of Lambda's posts.

        Raises:
            DecodeError: as when iterating; raised after a batch of the events that precede the error.
        """
        batch: list[Any] = []
        end = self._passed + self._at + _BATCH_CHARACTERS
        try:
            for event in self:
                batch.append(event)
                if len(batch) >= _BATCH_EVENTS or self._passed + self._at >= end:
                    # Ctrl-C may interrupt at any moment: never yield a batch twice.
                    full, batch, end = batch, [], self._passed + self._at + _BATCH_CHARACTERS
                    yield full
        except (DecodeError, KeyboardInterrupt):
            if batch:
                yield batch
            raise
        if batch:
            yield batch

    def _values(self) -> Iterator[Any]:
        """Yield events from the current position to the end or an error."""
        while self._skip_space():
            if self._takes(self._text[self._at]):
                self._at += 1
                continue
            for value in self._many():
                self.count += 1
                yield value
            if self._at >= len(self._text) or self._text[self._at].isspace():
                continue
            value = self._value()
            if self._between is not _Between.EVENTS:
                self._between = _Between.ITEM_AND_COMMA
            self.count += 1
            yield value
        self._raise_fault()
        if self._between is not _Between.EVENTS:
            self._between = _Between.EVENTS
            array = f"the array that begins at line {self._array_line}"
            raise DecodeError(f"line {self._line(self._at)}: the recording is truncated within {array}")

    def _takes(self, mark: str) -> bool:
        """Accept a bracket or comma between events; return whether it was one."""
        between = self._between
        if between is _Between.EVENTS:
            if mark != "[":
                return False
            self._array_line = self._line(self._at)
            self._between = _Between.BRACKET_AND_ITEM
        elif mark == "]" and between is not _Between.COMMA_AND_ITEM:
            self._between = _Between.EVENTS
        elif between is not _Between.ITEM_AND_COMMA:
            return False
        elif mark == ",":
            self._between = _Between.COMMA_AND_ITEM
        else:
            raise self._error("Expecting ',' or ']'", self._at)
        return True

    def _many(self) -> list[Any]:
        """Decode values that begin here and are whole, and go behind them; none where they are decoded one by one."""
        if self._passed + self._at < self._one_by_one_until:
            return []
        if self._between is not _Between.EVENTS:
            items, end = decode_items(self._text, self._at)
        elif self._text[self._at] == "{":
            items, end = decode_lines(self._text, self._at)
        else:
            return []
        if not items:
            self._one_by_one_until = self._passed + end
            return []
        self._at = end
        if self._between is not _Between.EVENTS:
            self._between = _Between.COMMA_AND_ITEM
        return items

    def _value(self) -> Any:
        """Decode the value that begins here, reading on until it is whole.

        One of more values than an event may have is read over: None stands for it.
        """
        large = LargeValue() if self._text[self._at] in '[{"' else None
        while True:
            try:
                value, end = decode_one(self._text, self._at)
            except json.JSONDecodeError as error:
                self._require_cut(error)
                self._read_on(large)
                if large is not None and large.has_too_many_values:
                    return self._read_over(large)
                continue
            except RecursionError as error:
                raise self._error("nested too deep", self._at) from error
            if large is not None or len(self._text) - end > _LONGEST_END or self._has_ended:
                self._at = end
                return value
            if end - self._at > _LONGEST_WORD:
                raise self._error(f"a number of more than {_LONGEST_WORD:,} characters", self._at)
            self._fill()  # a number may go on

    def _require_cut(self, error: json.JSONDecodeError) -> None:
        """Refuse what reading on does not make JSON.

        Raises:
            DecodeError: it is not.
        """
        is_cut = error.msg.startswith("Unterminated string")
        if self._has_ended and (is_cut or error.pos >= len(self._text.rstrip())):
            self._raise_cut()
        if self._has_ended or not (is_cut or error.pos >= len(self._text) - _LONGEST_END):
            raise self._error(error.msg, error.pos) from error

    def _read_on(self, large: LargeValue | None) -> None:
        """Read more of the value that begins here, not far beyond its end.

        Raises:
            DecodeError: it is longer than an event may be.
        """
        size = len(self._text) - self._at
        self._require_size(size)
        if large is None:
            self._fill()
            return
        large.walk(self._text[self._at + large.size :])
        self._fill(1 if size < _LARGE else min(size, MAX_CHARACTERS - size + 1), large)

    def _read_over(self, large: LargeValue) -> None:
        """Go behind a value without keeping it."""
        line = self._line(self._at)
        begin = self._passed + self._at
        while not large.has_ended:
            self._require_size(large.size, line)
            self._at = len(self._text)
            if self._has_ended:
                self._raise_cut(line)
            self._fill(1, large)
        self._at = begin + large.size - self._passed

    def _require_size(self, size: int, line: int = 0) -> None:
        if size > MAX_CHARACTERS:
            most = MAX_CHARACTERS // _LARGE
            line = line or self._line(self._at)
            raise DecodeError(f"line {line}: an event of more than {most} MiB; Lambda sends none so large")

    def _raise_cut(self, line: int = 0) -> NoReturn:
        self._raise_fault()
        line = line or self._line(self._at)
        raise DecodeError(f"line {line}: the recording is truncated within the event that begins here")

    def _skip_space(self) -> bool:
        """Move to the next token; return whether there is one."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return True
            if self._has_ended:
                return False
            self._fill()

    def _fill(self, wanted: int = 1, large: LargeValue | None = None) -> None:
        """Read so many characters or more, as long as there are any; forget what lies behind.

        A little is kept: to be shown with a fault, and to see whether a line begins here.

        Args:
            wanted: how many.
            large: a value that ends what is read: at its end, and where it has too many values.
        """
        behind = max(self._at - _SHOWN, 0)
        self._passed += behind
        self._passed_lines += self._text.count("\n", 0, behind)
        parts = [self._text[behind:]]
        self._at -= behind
        while wanted > 0 and not self._has_ended:
            try:
                piece = next(self._pieces, None)
            except DamagedError as error:
                self._fault, piece = error, None
            self._has_ended = piece is None
            parts.append(piece or "")
            wanted -= len(parts[-1])
            if large is not None:
                large.walk(parts[-1])
                if large.has_ended or large.has_too_many_values:
                    break
        self._text = "".join(parts)

    def _pass_over(self) -> bool:
        """Move to the next line that begins with an event or an array; return whether there is one.

        Within an array, events on lines after its first are its items.
        """
        if self._between is not _Between.ITEM_AND_COMMA:
            self._at += 1  # the error is in this event, not before it
        line = self._line(self._at)
        begin = max(self._at - 1, 0)
        while not (match := _LINE_OF_VALUE.search(self._text, begin)):
            begin = self._at = len(self._text)
            if self._has_ended:
                return False
            self._fill()
            begin = max(self._at - 1, 0)
        self._at = match.end()
        is_item = self._between is not _Between.EVENTS and line > self._array_line and self._text[self._at] == "{"
        self._between = _Between.COMMA_AND_ITEM if is_item else _Between.EVENTS
        return True

    def _line(self, position: int) -> int:
        return self._passed_lines + self._text.count("\n", 0, position) + 1

    def _raise_damage(self) -> None:
        """Read on, and raise an error of the compressed data if there is one, because it explains the bad line."""
        while self._source.is_packed and not self._has_ended:
            self._at = len(self._text)
            self._fill(PIECE)
        self._raise_fault()

    def _raise_fault(self) -> None:
        """Raise the error that ended the text, once."""
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def _error(self, message: str, position: int) -> NotJsonError:
        """Return an error about the text at a position."""
        line, begin = self._line(position), self._line(self._at)
        before, after = self._text[max(position - _SHOWN, 0) : position], self._text[position : position + _SHOWN]
        shown = before.rpartition("\n")[2] + after.partition("\n")[0]
        event = f", in the event that begins at line {begin}" if begin < line else ""
        return NotJsonError(f"line {line}: not JSON: {message.removesuffix(' at')} at {shown!r}{event}")
