"""Units: what a value is given in, and what the family's name says it is kept in.

Base units are Prometheus's: seconds, bytes, ratios (https://prometheus.io/docs/practices/naming/#base-units).
"""

from __future__ import annotations

import math
import sys

UNITS: dict[str, tuple[str, float]] = {
    "ns": ("seconds", 1e-9),
    "us": ("seconds", 1e-6),
    "ms": ("seconds", 0.001),
    "s": ("seconds", 1.0),
    "m": ("seconds", 60.0),
    "h": ("seconds", 3600.0),
    "B": ("bytes", 1.0),
    "KB": ("bytes", 1e3),
    "MB": ("bytes", 1e6),
    "GB": ("bytes", 1e9),
    "KiB": ("bytes", 1024.0),
    "MiB": ("bytes", 1024.0**2),
    "GiB": ("bytes", 1024.0**3),
    "percent": ("ratio", 0.01),
}
"""Each unit's base unit, and the factor to it."""


def scaled(value: float, factor: float) -> float:
    """Return a value times a factor, as exactly as a float can be; see `divisor_of`."""
    divisor = divisor_of(factor)
    return value / divisor if divisor else value * factor


def divisor_of(factor: float) -> float:
    """Return the whole number whose reciprocal a factor is, as people write it: 1000 for 0.001; 0 where there is none.

    No float is 0.001. Multiplying by the nearest one puts every sixth whole number of milliseconds a step too high, and
    570 ms beyond a bucket's bound of 0.57; dividing by 1000 gives the float that people write for the result.
    """
    numerator, denominator = decimal_ratio(abs(factor))
    if not numerator or denominator % numerator or denominator == numerator:
        return 0.0
    whole = denominator // numerator
    is_float = whole.bit_length() < sys.float_info.max_exp and float(whole) == whole
    return math.copysign(whole, factor) if is_float else 0.0


def decimal_ratio(number: float) -> tuple[int, int]:
    """Return numerator and denominator of a number as people write it: 0.1 is 1/10, which no float is."""
    digits, _, exponent = repr(number).partition("e")
    whole, _, fraction = digits.partition(".")
    places = len(fraction) - int(exponent or 0)
    return int(whole + fraction) * 10 ** max(-places, 0), 10 ** max(places, 0)


def base_unit(name: str) -> str | None:
    """Return the base unit that a family's full name states, if it does.

    Args:
        name: full name, such as `http_request_duration_seconds` or `sent_bytes_total`.
    """
    ending = name.removesuffix("_total").rpartition("_")[2]
    return ending if ending in {"seconds", "bytes", "ratio"} and ending != name else None
