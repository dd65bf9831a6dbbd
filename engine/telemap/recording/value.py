"""Read one value of a recording, however large it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from telemap.recording.decoding import LargeValue, decode_one
from telemap.recording.window import BrokenError

if TYPE_CHECKING:
    from telemap.recording.window import Window

MAX_CHARACTERS: Final = 16 * 1024 * 1024
"""Maximum length of an event. Lambda buffers at most 1 MiB of telemetry for a post."""

_MAX_END: Final = 16
"""An error this close to the end of the text read so far may be due to a truncated word, number or escape."""

_MAX_NUMBER: Final = 64 * 1024
"""Maximum length of a number, which is decoded from its start each time more of it is read."""

_LARGE: Final = 1024 * 1024
"""Size from which an event is read in doubling steps, because each attempt decodes it from the start."""


def read_value(window: Window) -> Any:
    """Decode the value at the position, reading on until it is complete.

    A value that contains more values than an event may have is skipped; None replaces it.
    """
    large = LargeValue() if window.text[window.at] in '[{"' else None
    while True:
        try:
            value, end = decode_one(window.text, window.at)
        except json.JSONDecodeError as error:
            _require_cut(window, error)
            _read_on(window, large)
            if large is not None and large.has_too_many_values:
                return _read_over(window, large)
            continue
        except RecursionError as error:
            raise window.error("nested too deep", window.at) from error
        if large is not None or len(window.text) - end > _MAX_END or window.has_ended:
            window.at = end
            return value
        if end - window.at > _MAX_NUMBER:
            raise window.error(f"a number of more than {_MAX_NUMBER:,} characters", window.at)
        window.fill()  # a number may continue


def _require_cut(window: Window, error: json.JSONDecodeError) -> None:
    """Refuse text that will not become JSON by reading on.

    Raises:
        BrokenError: the text is not JSON.
    """
    is_cut = error.msg.startswith("Unterminated string")
    if window.has_ended and (is_cut or error.pos >= len(window.text.rstrip())):
        _raise_cut(window)
    if window.has_ended or not (is_cut or error.pos >= len(window.text) - _MAX_END):
        raise window.error(error.msg, error.pos) from error


def _read_on(window: Window, large: LargeValue | None) -> None:
    """Read more of the value at the position, but not far beyond its end.

    Raises:
        BrokenError: the event is too long.
    """
    size = len(window.text) - window.at
    _require_size(window, size)
    if large is None:
        window.fill()
        return
    large.walk(window.text[window.at + large.size :])
    window.fill(1 if size < _LARGE else min(size, MAX_CHARACTERS - size + 1), large)


def _read_over(window: Window, large: LargeValue) -> None:
    """Skip a value without keeping it in memory."""
    line = window.line(window.at)
    begin = window.position()
    while not large.has_ended:
        _require_size(window, large.size, line)
        window.at = len(window.text)
        if window.has_ended:
            _raise_cut(window, line)
        window.fill(1, large)
    window.go_to(begin + large.size)


def _require_size(window: Window, size: int, line: int = 0) -> None:
    if size > MAX_CHARACTERS:
        most = MAX_CHARACTERS // _LARGE
        line = line or window.line(window.at)
        raise BrokenError(f"an event of more than {most} MiB; Lambda sends none so large", line, window.position())


def _raise_cut(window: Window, line: int = 0) -> NoReturn:
    window.raise_fault()
    line = line or window.line(window.at)
    raise BrokenError("the recording is truncated within the event that begins here", line, window.position())
