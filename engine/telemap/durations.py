"""Parse durations such as `1m30s`, `10m` and `250ms`."""

from __future__ import annotations

import re

_SECOND = 10**9
UNITS = {
    "ns": 1,
    "us": 10**3,
    "\N{MICRO SIGN}s": 10**3,
    "ms": 10**6,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
    "d": 86400 * _SECOND,
}
"""Nanoseconds of each unit."""

_PART = re.compile(rf"([0-9]+)(?:\.([0-9]+))?({'|'.join(UNITS)})")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")


def duration(text: str) -> float | None:
    """Parse a duration, which may be negative.

    Integers are added and divided once, so that `5us` is exactly the float 0.000005.

    Returns:
        Seconds; None if the text is not a duration.
    """
    stripped = text.strip()
    unsigned = stripped.removeprefix("-")
    if len(unsigned) > 64 or _WHOLE.fullmatch(unsigned) is None:
        return None
    parts = _PART.findall(unsigned)
    places = max(len(fraction) for _, fraction, _ in parts)
    total = sum(int(whole + fraction.ljust(places, "0")) * UNITS[unit] for whole, fraction, unit in parts)
    seconds: float = total / (_SECOND * 10**places)
    return -seconds if unsigned != stripped else seconds
