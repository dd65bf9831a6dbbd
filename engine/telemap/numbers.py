"""Numbers in telemetry, which may hold anything that JSON can."""

from __future__ import annotations

import math
from typing import Any, Final

INVALID: Final = object()
"""Stands for a value that is there and cannot be converted; it is rejected as no number."""


def finite(value: Any) -> float | None:
    """Return a number as a float; None for anything else, and for numbers that a float cannot hold."""
    if type(value) is not float and type(value) is not int:
        return None
    try:
        number = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return None
    return number if math.isfinite(number) else None
