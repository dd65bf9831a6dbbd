"""Units of values, and the base units to which they are converted.

Base units are Prometheus's: seconds, bytes, ratios (https://prometheus.io/docs/practices/naming/#base-units).
"""

from __future__ import annotations

import math
import sys
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Self


class UnitRow(NamedTuple):
    """The properties of a unit.

    Attributes:
        word: the value of `unit`.
        base: the base unit, as in names of metrics.
        factor: factor to the base unit.
        words: description in Markdown.
        endings: last words of the names of fields in this unit, in lower case.
    """

    word: str
    base: str
    factor: float
    words: str
    endings: tuple[str, ...]


class Unit(Enum):
    """The unit of a value."""

    NANOSECOND = UnitRow("ns", "seconds", 1e-9, "nanoseconds", ("ns", "nanos", "nanoseconds"))
    MICROSECOND = UnitRow("us", "seconds", 1e-6, "microseconds", ("us", "micros", "microseconds"))
    MILLISECOND = UnitRow("ms", "seconds", 0.001, "milliseconds", ("ms", "msec", "millis", "milliseconds"))
    SECOND = UnitRow("s", "seconds", 1.0, "seconds", ("s", "sec", "secs", "seconds"))
    MINUTE = UnitRow("m", "seconds", 60.0, "minutes", ("min", "mins", "minutes"))
    HOUR = UnitRow("h", "seconds", 3600.0, "hours", ("hours",))
    BYTE = UnitRow("B", "bytes", 1.0, "bytes", ("byte", "bytes"))
    KILOBYTE = UnitRow("KB", "bytes", 1e3, "1000 bytes", ("kb",))
    MEGABYTE = UnitRow("MB", "bytes", 1e6, "1000000 bytes", ("mb",))
    GIGABYTE = UnitRow("GB", "bytes", 1e9, "1000000000 bytes", ("gb",))
    KIBIBYTE = UnitRow("KiB", "bytes", 1024.0, "1024 bytes", ("kib",))
    MEBIBYTE = UnitRow(
        "MiB",
        "bytes",
        1024.0**2,
        "1048576 bytes; AWS's `memorySizeMB` and `maxMemoryUsedMB` are MiB",
        ("mib",),
    )
    GIBIBYTE = UnitRow("GiB", "bytes", 1024.0**3, "1073741824 bytes", ("gib",))
    PERCENT = UnitRow("percent", "ratio", 0.01, "hundredths", ("percent", "pct"))

    row: UnitRow

    def __new__(cls, *row: Any) -> Self:
        """Make a member from its row; its value is the word."""
        member = object.__new__(cls)
        member.row = UnitRow(*row)
        member._value_ = member.row.word
        return member


UNITS = {unit.value: unit for unit in Unit}
"""All units, by their words."""

BASE_UNITS = tuple(dict.fromkeys(unit.row.base for unit in Unit))


def scaled(value: float, factor: float) -> float:
    """Return a value times a factor, as exactly as possible; see `divisor_of`."""
    divisor = divisor_of(factor)
    return value / divisor if divisor else value * factor


def divisor_of(factor: float) -> float:
    """Return the integer whose reciprocal is a factor, such as 1000 for 0.001; 0 if there is none.

    No float is exactly 0.001. Multiplying by the nearest one makes every sixth whole number of milliseconds too large
    by one step, so that 570 ms exceed a bucket's bound of 0.57; dividing by 1000 is exact.
    """
    numerator, denominator = decimal_ratio(abs(factor))
    if not numerator or denominator % numerator or denominator == numerator:
        return 0.0
    whole = denominator // numerator
    is_float = whole.bit_length() < sys.float_info.max_exp and float(whole) == whole
    return math.copysign(whole, factor) if is_float else 0.0


def decimal_ratio(number: float) -> tuple[int, int]:
    """Return the numerator and denominator of a number's decimal notation: 1 and 10 for 0.1."""
    digits, _, exponent = repr(number).partition("e")
    whole, _, fraction = digits.partition(".")
    places = len(fraction) - int(exponent or 0)
    return int(whole + fraction) * 10 ** max(-places, 0), 10 ** max(places, 0)


def base_unit(name: str) -> str | None:
    """Return the base unit in a family's full name, if any.

    Args:
        name: full name, such as `http_request_duration_seconds` or `sent_bytes_total`.
    """
    ending = name.removesuffix("_total").rpartition("_")[2]
    return ending if ending in BASE_UNITS and ending != name else None
