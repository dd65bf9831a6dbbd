"""Parse durations in the forms in which languages, libraries and databases write them.

| form | such as | written by |
| --- | --- | --- |
| with units | `1m30s`, `250µs`, `1 h 30 min`, `2 days, 3 hours and 5.5 seconds` | Go, Rust, Kotlin, JavaScript |
| ISO 8601 | `PT1M30.5S`, `-P1DT2H`, `PT-0.5S` | Java, .NET's XML, Temporal, Postgres |
| a clock | `00:00:26.4810000`, `1.02:03:04`, `-1 day, 23:59:59` | .NET, Python, Postgres, MySQL, Slurm |

Months and years have no fixed length, and `1:30` may be minutes or hours: such text is no duration.
"""

from __future__ import annotations

import math
import re
from typing import Final

_LONGEST: Final = 128
_DIGITS: Final = 9
"""Units are whole numbers of this many decimal places of a second."""

_SECOND: Final = 10**_DIGITS
_DAY: Final = 86_400 * _SECOND

_WORDS: Final = {
    1: "ns nsec nsecs nano nanos nanosecond nanoseconds",
    10**3: "us \N{MICRO SIGN}s \N{GREEK SMALL LETTER MU}s usec usecs \N{MICRO SIGN}sec \N{GREEK SMALL LETTER MU}sec"
    " micro micros microsecond microseconds",
    10**6: "ms msec msecs milli millis millisecond milliseconds",
    _SECOND: "s sec secs second seconds",
    60 * _SECOND: "m min mins minute minutes",
    3600 * _SECOND: "h hr hrs hour hours",
    _DAY: "d day days",
    7 * _DAY: "w wk wks week weeks",
}
_UNITS: Final = {word: length for length, words in _WORDS.items() for word in words.split()}
"""Nanoseconds of each unit."""

_NUMBER: Final = r"(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?[0-9]{1,3}+(?![0-9]))?+"
_PART: Final = re.compile(rf"({_NUMBER})\s*+([^\W\d_]++)")
_SEPARATOR: Final = re.compile(r"\s*,?\s*(?:and\s+)?")

_ISO_NUMBER: Final = r"([-+]?[0-9]++(?:[.,][0-9]++)?+)"
_ISO: Final = re.compile(
    rf"P(?:[-+]?0++Y)?(?:[-+]?0++M)?(?:{_ISO_NUMBER}W)?(?:{_ISO_NUMBER}D)?"
    rf"(T(?:{_ISO_NUMBER}H)?(?:{_ISO_NUMBER}M)?(?:{_ISO_NUMBER}S)?)?",
    re.IGNORECASE,
)
_ISO_UNITS: Final = (7 * _DAY, _DAY, 3600 * _SECOND, 60 * _SECOND, _SECOND)

_CLOCK: Final = re.compile(
    r"""
      (?: (?P<day_sign> [-+]? ) (?P<days> [0-9]++ )
          (?: \s* (?: days? | d ) ,? \s+ (?P<clock_sign> [-+]? ) | (?P<joint> [.:\ -] ) ) )?
      (?P<sign> [-+]? ) (?P<hours> [0-9]++ ) : (?P<minutes> [0-5]?[0-9] ) : (?P<seconds> [0-5]?[0-9] )
      (?: [.,] (?P<fraction> [0-9]++ ) )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHORT_CLOCK: Final = re.compile(r"([-+]?)([0-9]++):([0-5][0-9])[.,]([0-9]++)")
"""Minutes and seconds: only a fraction tells them from hours and minutes."""


def seconds_of(text: str) -> float | None:
    """Parse a duration.

    All parts are added as whole numbers and divided once, so that `5us` is exactly the float 0.000005.

    Returns:
        Seconds, which may be negative; None if the text is not a duration, or is beyond a float's range.
    """
    if len(text) > 2 * _LONGEST:
        return None
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST:
        return None
    for read in (_of_clock, _of_iso, _of_parts):
        found = read(stripped)
        if found is not None:
            return found
    return None


def _of_parts(text: str) -> float | None:
    """Parse numbers with units, after one sign for all of them."""
    sign, rest = _signed(text)
    if rest.startswith("(") and rest.endswith(")"):  # Kotlin's negative durations
        rest = rest[1:-1]
    elif rest.startswith("@") and rest == text:  # Postgres's verbose intervals
        rest = rest[1:].strip()
        ago = rest.removesuffix(" ago")
        sign, rest = (-1, ago) if ago != rest else (1, rest)
    parts: list[tuple[str, int]] = []
    position = 0
    while position < len(rest):
        match = _PART.match(rest, position)
        unit = _unit(match[2]) if match else None
        if match is None or unit is None:
            return None
        parts.append((match[1], unit))
        end = match.end()
        separator = _SEPARATOR.match(rest, end) if end < len(rest) else None
        position = separator.end() if separator else end
        if end < position == len(rest):
            return None
    return _sum(sign, parts) if parts else None


def _unit(word: str) -> int | None:
    """Return the length of a unit; only words of several letters may be in upper case, as `M` may be a month."""
    return _UNITS.get(word) or (_UNITS.get(word.lower()) if len(word) > 2 else None)


def _of_iso(text: str) -> float | None:
    """Parse ISO 8601; as in Java, parts may have signs."""
    sign, rest = _signed(text)
    match = _ISO.fullmatch(rest)
    if match is None or rest[-1] in "PTpt":
        return None
    weeks, days, _, *clock = match.groups()
    given = (weeks, days, *clock)
    numbers = [(number.replace(",", "."), unit) for number, unit in zip(given, _ISO_UNITS, strict=True) if number]
    if any("." in number for number, _ in numbers[:-1]):
        return None
    return _sum(sign, numbers)


def _of_clock(text: str) -> float | None:
    """Parse hours, minutes and seconds, perhaps after days."""
    if ":" not in text:
        return None
    if short := _SHORT_CLOCK.fullmatch(text):
        sign, minutes, seconds, fraction = short.groups()
        return _sum(-1 if sign == "-" else 1, [(minutes, 60 * _SECOND), (f"{seconds}.{fraction}", _SECOND)])
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    days, joint = match["days"], match["joint"]
    if days is None:
        is_fit, sign, day_sign = True, match["sign"], ""
    elif joint is None:  # in words: each part has a sign of its own, as in `-1 day, 23:59:59`
        is_fit, sign, day_sign = not match["sign"], match["clock_sign"], match["day_sign"]
    else:
        is_fit, sign, day_sign = not match["sign"] and int(match["hours"]) < 24, match["day_sign"], match["day_sign"]
    if not is_fit:
        return None
    sign, day_sign = (one.replace("+", "") for one in (sign, day_sign))
    clock = [
        (match["hours"], 3600 * _SECOND),
        (match["minutes"], 60 * _SECOND),
        (f"{match['seconds']}.{match['fraction'] or 0}", _SECOND),
    ]
    return _sum(1, [(f"{day_sign}{days or 0}", _DAY), *((f"{sign}{number}", unit) for number, unit in clock)])


def _signed(text: str) -> tuple[int, str]:
    return (-1 if text[0] == "-" else 1), text[1:].lstrip() if text[0] in "-+" else text


def _sum(sign: int, parts: list[tuple[str, int]]) -> float | None:
    """Return the sum of numbers in units, in seconds."""
    exact = [(*_decimal(number), unit) for number, unit in parts]
    places = max(0, *(places for _, places, _ in exact))
    total = sign * sum(digits * unit * 10 ** (places - own) for digits, own, unit in exact)
    try:
        seconds: float = total / 10 ** (_DIGITS + places)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) else None


def _decimal(number: str) -> tuple[int, int]:
    """Return the digits of a number as a whole number, and how many of them are decimal places."""
    mantissa, _, exponent = number.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    return int(whole + fraction), len(fraction) - int(exponent or 0)
