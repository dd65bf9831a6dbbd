"""Convert numbers in telemetry, which may contain any JSON."""

from __future__ import annotations

import math
from typing import Any, Final

INVALID: Final = object()
"""Stands for a value that is there and cannot be converted; it is rejected as no number."""


def finite(value: Any) -> float | None:
    """Return a number as a float; None for anything else, and for numbers beyond a float's range."""
    if type(value) is not float and type(value) is not int:
        return None
    try:
        number = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return None
    return number if math.isfinite(number) else None
