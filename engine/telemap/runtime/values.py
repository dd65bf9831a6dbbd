"""Values of the long form."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from telemap.durations import duration
from telemap.label_text import label_text
from telemap.model import Conversion
from telemap.runtime.labels import make_extract

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.model import ValueRule
    from telemap.runtime.regexes import RegexBudget

INVALID: Final = object()
"""Stands for a value that is there and cannot be converted; it is rejected as no number."""

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_BOOLS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
_MISSING = "\0missing"


def make_value(rule: ValueRule, budget: RegexBudget) -> Callable[[Any], Any]:
    """Make the function that gives the value for what a path found: a number, None when missing, else `INVALID`."""
    steps: list[Callable[[Any], Any]] = []
    if rule.extract is not None:
        steps.append(_extracting(make_extract(rule.extract, budget, _MISSING)))
    if rule.map is not None:
        steps.append(_mapping(dict(rule.map), rule.otherwise))
    if rule.convert is not None:
        steps.append(_CONVERSIONS[rule.convert])

    def value(found: Any) -> Any:
        for step in steps:
            if found is None or found is INVALID:
                break
            found = step(found)
        return found

    return value


def _extracting(extract: Callable[[str], str]) -> Callable[[Any], Any]:
    def extracted(found: Any) -> Any:
        text = label_text(found, "")
        if text is None:
            return INVALID
        result = extract(found if type(found) is str else text)
        return None if result is _MISSING else result

    return extracted


def _mapping(table: dict[str, float], otherwise: float | None) -> Callable[[Any], Any]:
    def mapped(found: Any) -> Any:
        text = label_text(found, "")
        if text is None:
            return INVALID
        return table.get(text, INVALID if otherwise is None else otherwise)

    return mapped


def to_number(found: Any) -> Any:
    """Take numbers, and text that is one."""
    if type(found) is str:
        text = found.strip()
        return float(text) if len(text) < 400 and _NUMBER.fullmatch(text) else INVALID
    return found


def to_bool(found: Any) -> Any:
    """Return 1 or 0 for truth values, the words for them, and 1 and 0 themselves."""
    if type(found) is bool:
        return float(found)
    if type(found) is str:
        return _BOOLS.get(found.strip().lower(), INVALID)
    return float(found) if found in (0, 1) else INVALID


def to_seconds(found: Any) -> Any:
    """Return the seconds of a length of time such as `1m30s`; a number is in seconds already."""
    if type(found) is str:
        seconds = duration(found)
        return to_number(found) if seconds is None else seconds
    return found


def to_unix_time(found: Any) -> Any:
    """Return the Unix time of an RFC 3339 timestamp, in seconds; a number is one already."""
    if type(found) is not str:
        return found
    match = _RFC_3339.fullmatch(found.strip())
    if match is None:
        return INVALID
    day, clock, fraction, zone = match.groups()
    leap = clock.endswith(":60")
    if leap:  # Unix time has none: it is the second after, as in the clocks of the Internet
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


_CONVERSIONS: dict[Conversion, Callable[[Any], Any]] = {
    Conversion.NUMBER: to_number,
    Conversion.BOOL: to_bool,
    Conversion.DURATION: to_seconds,
    Conversion.TIMESTAMP: to_unix_time,
    Conversion.LENGTH: to_length,
}
