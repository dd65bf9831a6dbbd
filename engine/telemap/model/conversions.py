"""Conversions of values by `as`: one row each, with the function."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from telemap.duration_texts import seconds_of
from telemap.numbers import INVALID

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_BOOLS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}


def to_number(found: Any) -> Any:
    """Return numbers, and the numbers of numeric text."""
    if type(found) is str:
        text = found.strip()
        return float(text) if len(text) < 400 and _NUMBER.fullmatch(text) else INVALID
    return found


def to_bool(found: Any) -> Any:
    """Return 1 or 0 for booleans, `true` and `false` as text, and 1 and 0 themselves."""
    if type(found) is bool:
        return float(found)
    if type(found) is str:
        return _BOOLS.get(found.strip().lower(), INVALID)
    return float(found) if found in (0, 1) else INVALID


def to_seconds(found: Any) -> Any:
    """Return the seconds of a duration such as `1m30s` or `PT1M30S`; a number is in seconds."""
    if type(found) is str:
        seconds = seconds_of(found)
        return to_number(found) if seconds is None else seconds
    return found


def to_unix_time(found: Any) -> Any:
    """Return the Unix time of an RFC 3339 timestamp, in seconds; a number is a Unix time."""
    if type(found) is not str:
        return found
    match = _RFC_3339.fullmatch(found.strip())
    if match is None:
        return INVALID
    day, clock, fraction, zone = match.groups()
    leap = clock.endswith(":60")
    if leap:  # Unix time has no leap seconds: use the next second, as NTP clocks do
        clock = f"{clock[:-2]}59"
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in 'Zz' else zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return INVALID
    if leap and (moment.hour, moment.minute) != (23, 59):
        return INVALID
    return math.fsum((moment.timestamp(), leap, float(fraction or 0)))


def to_length(found: Any) -> Any:
    """Return the length of a text in characters, or of an array or object in members."""
    return float(len(found)) if isinstance(found, (str, list, dict)) else INVALID


def to_bytes(found: Any) -> Any:
    """Return the length of a text in bytes of UTF-8, or of the compact JSON of an array or object."""
    if isinstance(found, (list, dict)):
        try:
            found = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        except (RecursionError, ValueError):  # too deep, or a whole number of more than 4,300 digits
            return INVALID
    return float(len(found.encode(errors="surrogatepass"))) if type(found) is str else INVALID


class ConversionRow(NamedTuple):
    """The definition of a conversion.

    Attributes:
        word: after `as`.
        function: converts a node, never None; returns the number, the node itself if it is a number, or `INVALID`.
        keeps_unit: whether the number has the unit of the value.
        words: its input and result, in Markdown.
        keeps_numbers: whether numbers stay as they are.
        measures_size: whether the number says how large the value is, not what it is.
    """

    word: str
    function: Callable[[Any], Any]
    keeps_unit: bool
    words: str
    keeps_numbers: bool = False
    measures_size: bool = False


_DURATIONS = "text such as `1m30s`, `2 min`, `PT1M30S`, `00:01:30.5` or `1 day, 0:00:01`, in seconds"


class Conversion(Enum):
    """The conversions of `as`."""

    NUMBER = ConversionRow("number", to_number, keeps_unit=True, words="a number, or numeric text", keeps_numbers=True)
    BOOL = ConversionRow("bool", to_bool, keeps_unit=False, words="1 or 0, for `true` and `false`, also as text")
    DURATION = ConversionRow("duration", to_seconds, keeps_unit=False, words=_DURATIONS, keeps_numbers=True)
    TIMESTAMP = ConversionRow(
        "timestamp", to_unix_time, keeps_unit=False, words="RFC 3339, in Unix seconds", keeps_numbers=True
    )
    LENGTH = ConversionRow(
        "length",
        to_length,
        keeps_unit=False,
        words="characters of a text, members of an array or object",
        measures_size=True,
    )
    BYTES = ConversionRow(
        "bytes",
        to_bytes,
        keeps_unit=False,
        words="bytes of a text in UTF-8, or of an array or object as compact JSON",
        measures_size=True,
    )

    row: ConversionRow

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the word."""
        member = object.__new__(cls)
        member.row = ConversionRow(*row)
        member._value_ = member.row.word
        return member
