"""Decode posts of any size in steps of bounded duration."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from telemap.decode import decode, lenient_int
from telemap.errors import DecodeError
from telemap.json_decoder import Decoder
from telemap.json_extent import MAX_VALUES, PIECE, Extent

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP_EVENTS: Final = 250
"""Most events of a step."""

_DECODER: Final = Decoder()
_LENIENT_DECODER: Final = Decoder(parse_int=lenient_int)
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_AFTER_ITEM: Final = re.compile(r"[ \t\r\n]*([,\]])")

_LONGEST_END: Final = 16
"""An error this close to the end of a window may be due to a truncated word, number or escape."""


class Step(NamedTuple):
    """The result of a step.

    Attributes:
        events: at most `STEP_EVENTS` events.
        others: number of items that are not events, have more than `MAX_VALUES` values, or are nested too deeply. In a
            post that is decoded in one step, these are among the events.
        size: characters of the events' text, unless another step counts them.
    """

    events: list[Any]
    others: int = 0
    size: int = 0


def decode_in_steps(body: bytes) -> Iterator[Step]:
    """Decode the body of a Telemetry API post, as `decode` does at once.

    Raises:
        DecodeError: the body is not JSON, or not an array; raised after the steps before the error.
    """
    if len(body) <= PIECE:
        try:
            events = decode(body)
        except DecodeError as error:
            if not isinstance(error.__cause__, RecursionError):
                raise
        else:
            for at in range(0, len(events), STEP_EVENTS):
                yield Step(events[at : at + STEP_EVENTS], size=0 if at else len(body))
            return
    items = _Items(_text(body))
    while not items.have_ended:
        size, found = items.of_window()
        if found:
            yield from _steps(found, size)
        else:
            yield from items.large()


def _steps(items: list[Any], size: int) -> Iterator[Step]:
    """Yield items in steps."""
    events = [item for item in items if type(item) is dict and type(item.get("type")) is str]
    others = len(items) - len(events)
    for at in range(0, len(events) or 1, STEP_EVENTS):
        yield Step(events[at : at + STEP_EVENTS], *((0, 0) if at else (others, size if events else 0)))


class _Items:
    """The items of an array, decoded a few at a time.

    Args:
        text: the array.

    Attributes:
        have_ended: whether all items have been decoded.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = _after_space(text, 0)
        if text[self._at : self._at + 1] != "[":
            raise DecodeError("not an array of events")
        self._at = _after_space(text, self._at + 1)
        self.have_ended = False
        if text[self._at : self._at + 1] == "]":
            self._pass(self._at + 1, "]")

    def of_window(self) -> tuple[int, list[Any]]:
        """Return the items that are complete within the next `PIECE` characters, after the length of their text.

        Raises:
            DecodeError: the next item is invalid.
        """
        self._at = begin = _after_space(self._text, self._at)
        window = self._text[begin : begin + PIECE]
        items = self._many(window) or self._one_by_one(window)
        return self._at - begin, items

    def _many(self, window: str) -> list[Any]:
        """Return items that are complete in a window, by guessing the end of the last one; none if the guess is wrong.

        If the text before a comma is valid, it consists of complete items, since JSON is read from left to right.
        """
        end = window.rfind("},") + 1 or window.rfind(",")
        if end <= 0:
            return []
        try:
            items, read = _decode(f"[{window[:end]}]", 0)
        except (json.JSONDecodeError, RecursionError):
            return []
        if read < end + 2:  # the array ends before
            return []
        self._at += end + 1
        return items  # type: ignore[no-any-return]

    def _one_by_one(self, window: str) -> list[Any]:
        """Return items that are complete in a window; none if the first may extend beyond it, or is nested deeply."""
        begin, used = self._at, 0
        items: list[Any] = []
        while not self.have_ended:
            try:
                value, end = _decode(window, _after_space(window, used))
            except json.JSONDecodeError as error:
                if not items:
                    self._require_cut(error.msg, error.pos, window)
                break
            except RecursionError:
                break
            after = _AFTER_ITEM.match(window, end)
            if after is None:
                if not items:
                    self._require_cut("Expecting ',' delimiter", _after_space(window, end), window)
                break
            items.append(value)
            used = after.end()
            self._pass(begin + used, after[1])
        return items

    def large(self) -> Iterator[Step]:
        """Yield empty steps, then the next item, which is longer than `PIECE` characters or nested deeply.

        Raises:
            DecodeError: it is invalid.
        """
        extent, at = Extent(), self._at
        while (end := extent.walk(self._text[at : at + PIECE])) is None:
            at += PIECE
            if at >= len(self._text):
                self._fail("the post is truncated within the event that begins", self._at)
            yield Step([])
        after = _AFTER_ITEM.match(self._text, at + end)
        if after is None:
            self._fail("Expecting ',' delimiter", _after_space(self._text, at + end))
        items, begin = [None], self._at
        try:
            if extent.values <= MAX_VALUES:
                items = [_decode(self._text, begin)[0]]
        except json.JSONDecodeError as error:
            self._fail(error.msg, error.pos)
        except RecursionError:
            pass
        self._pass(after.end(), after[1])
        yield from _steps(items, self._at - begin)

    def _pass(self, at: int, mark: str) -> None:
        """Move past an item and the comma or final bracket after it; nothing may follow the bracket."""
        self._at = at
        if mark == "]":
            self.have_ended = True
            if (rest := _after_space(self._text, at)) < len(self._text):
                self._fail("Extra data", rest)

    def _require_cut(self, message: str, position: int, window: str) -> None:
        """Raise an error about the next item, unless the end of the window may be its cause."""
        goes_on = self._at + len(window) < len(self._text)
        at_end = message.startswith("Unterminated string") or position >= len(window) - _LONGEST_END
        if not (goes_on and at_end and window[0] in '[{"'):
            self._fail(message, self._at + position)

    def _fail(self, message: str, position: int) -> NoReturn:
        raise DecodeError(f"not JSON: {json.JSONDecodeError(message, self._text, position)}")


def _text(body: bytes) -> str:
    try:
        return body.decode(json.detect_encoding(body), "surrogatepass")
    except UnicodeDecodeError as error:
        raise DecodeError(f"not JSON: {error}") from error


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _decode(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a whole number of more digits than Python converts
        return _LENIENT_DECODER.raw_decode(text, at)
