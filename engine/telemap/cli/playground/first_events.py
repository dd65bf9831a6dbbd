"""Cut the beginning of a recording behind its last whole event."""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from telemap.recording.decoding import decode_one

_SPACE: Final = re.compile(r"[ \t\r\n\ufeff,]*")
_NEXT_LINE: Final = re.compile(r"[^\n]*\n?")


class FirstEvents(NamedTuple):
    """Whole events at the beginning of a recording.

    Attributes:
        text: a recording of its own: an array is closed.
        events: number of events; 0 if it is no recording, such as a log.
        end: characters of the whole recording that they stand for.
    """

    text: str
    events: int
    end: int


def first_events(text: str) -> FirstEvents:
    """Return the events that are whole, of a recording that was cut anywhere.

    Of a text that is no recording, such as a log, the result is the whole lines.
    """
    at = end = events = 0
    array = False
    while (at := _after_space(text, at)) < len(text):
        mark = text[at]
        if mark == ("]" if array else "["):
            array = not array
            at += 1
            end = at
        elif array or mark == "{":
            after = _after_value(text, at)
            if after is None and array:
                break
            if after is None:
                at = _after_line(text, at)
            else:
                events += 1
                end = at = after
        else:
            at = _after_line(text, at)
    if not events:
        end = text.rfind("\n") + 1 or len(text)
        return FirstEvents(text[:end], 0, end)
    return FirstEvents(text[:end] + ("\n]\n" if array else "\n"), events, end)


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _after_line(text: str, at: int) -> int:
    match = _NEXT_LINE.match(text, at)
    return match.end() if match else len(text)


def _after_value(text: str, at: int) -> int | None:
    """Return where a value ends; None if it is not whole, or no JSON."""
    try:
        _, end = decode_one(text, at)
    except (json.JSONDecodeError, RecursionError):
        return None
    return end if end < len(text) or text[end - 1] in '}]"' else None
