"""Lengths of time as people write them: `1m30s`, `10m`, `250ms`."""

from __future__ import annotations

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "\N{MICRO SIGN}s": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ns|us|\N{MICRO SIGN}s|ms|s|m|h|d)")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")


def duration(text: str) -> float | None:
    """Read a length of time.

    Returns:
        Seconds; None when the text is none. A sign in front counts.
    """
    stripped = text.strip()
    unsigned = stripped.removeprefix("-")
    if len(unsigned) > 64 or _WHOLE.fullmatch(unsigned) is None:
        return None
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(unsigned))
    return -seconds if unsigned != stripped else seconds
