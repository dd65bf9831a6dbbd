"""Convert JSON values to label values."""

from __future__ import annotations

import math
import re
from typing import Any, Final

MAX_BYTES: Final = 1024
"""Longest label value, in bytes of UTF-8."""

FAST_LENGTH: Final = MAX_BYTES // 4
"""Printable text of this length needs no conversion: UTF-8 takes at most four bytes per character."""

INSTANCE: Final = "\0instance\0"
"""A placeholder for the instance id in stored labels; label values have no control characters."""

OVERFLOW: Final = "__overflow__"
"""The value of open labels in the series of samples beyond a limit."""

_LONGEST_WHOLE: Final = 14_285
"""Bits of the largest integer that Python converts to text, of 4,300 digits."""

_REPLACED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates."""


def clean(text: str) -> str:
    """Replace characters that labels must not contain with U+FFFD, and truncate the text to `MAX_BYTES`."""
    if len(text) <= FAST_LENGTH and text.isprintable():
        return text
    replaced = _REPLACED.sub("\N{REPLACEMENT CHARACTER}", text[: MAX_BYTES + 1])
    encoded = replaced.encode()
    return replaced if len(encoded) <= MAX_BYTES else encoded[:MAX_BYTES].decode(errors="ignore")


def label_text(value: Any, default: str) -> str | None:
    """Return the label value for a JSON value; None for objects, arrays, NaN and infinities.

    An integer of more than 4,300 digits counts as infinite.

    Strings stay unchanged, integers have neither exponent nor `.0`, other numbers have their shortest form, booleans
    are `true` and `false`.

    Args:
        value: the value that a path found; None if it found nothing.
        default: returned for None.
    """
    if value is None:
        return default
    kind = type(value)
    if kind is str:
        return value if len(value) <= FAST_LENGTH and value.isprintable() else clean(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is float:
        if not math.isfinite(value):
            return None
        return clean(str(int(value)) if value.is_integer() else repr(value))
    return _whole_text(value) if kind is int else None


def _whole_text(number: int) -> str | None:
    if number.bit_length() > _LONGEST_WHOLE:
        return None
    try:
        return clean(str(number))
    except ValueError:  # a few numbers of 4,301 digits
        return None
