"""Turn JSON values into label text."""

from __future__ import annotations

import math
import re
from typing import Any, Final

MAX_BYTES: Final = 1024
"""Longest label value, in bytes of UTF-8."""

FAST_LENGTH: Final = MAX_BYTES // 4
"""Printable text of so many characters is label text as it is: UTF-8 takes at most four bytes each."""

INSTANCE: Final = "\0instance\0"
"""Stands for the instance id in stored label text; label text itself has no control characters."""

OVERFLOW: Final = "__overflow__"
"""The value of open labels in a series that holds what went beyond the limit."""

_LONGEST_WHOLE: Final = 14_285
"""Bits of the largest whole number that Python writes: of 4,300 digits, as many as it reads from JSON."""

_REPLACED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates."""


def clean(text: str) -> str:
    """Replace what label text may not hold by U+FFFD, and cut it to `MAX_BYTES`, at a character."""
    replaced = _REPLACED.sub("\N{REPLACEMENT CHARACTER}", text[: MAX_BYTES + 1])
    encoded = replaced.encode()
    return replaced if len(encoded) <= MAX_BYTES else encoded[:MAX_BYTES].decode(errors="ignore")


def label_text(value: Any, default: str) -> str | None:
    """Return the label text of a JSON value; None for what has none: objects, arrays, and numbers that JSON has not.

    Those are NaN and the infinities; an infinity is also what a whole number of more than 4,300 digits is read as.

    Strings stay as they are, whole numbers have no exponent and no `.0`, other numbers are in their shortest form,
    truth values are `true` and `false`.

    Args:
        value: the value that a path found; None when it found nothing.
        default: stands in for None.
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
