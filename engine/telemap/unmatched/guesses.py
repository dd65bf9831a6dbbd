"""Guess how to use a value, from the name of its place and its values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from telemap.model import Conversion
from telemap.units import Unit
from telemap.unmatched.locations import names_in

if TYPE_CHECKING:
    from telemap.unmatched.locations import Place
    from telemap.unmatched.statistics import Statistics

UNITS: Final = {ending: unit for unit in Unit for ending in unit.row.endings}
"""The unit that the last word of a name states."""

_MIB = {("memory", "size", "mb"), ("max", "memory", "used", "mb")}
"""Names with which AWS means MiB."""

_IDS = frozenset(
    {
        "id",
        "ids",
        "uuid",
        "guid",
        "key",
        "arn",
        "hash",
        "digest",
        "etag",
        "token",
        "secret",
        "password",
        "trace",
        "span",
        "parent",
        "email",
        "mail",
        "ip",
        "address",
        "phone",
        "user",
        "username",
        "account",
        "tenant",
        "pid",
        "hostname",
        "cookie",
        "session",
        "signature",
        "nonce",
        "cursor",
    }
)
_TIMES = frozenset(
    {
        "timestamp",
        "time",
        "date",
        "datetime",
        "at",
        "ts",
        "epoch",
        "deadline",
        "expires",
        "expiry",
        "created",
        "updated",
    }
)
_IDS_OF_NUMBERS = frozenset({"id", "ids", "account", "phone", "tenant", "user", "pid"})
"""Words of `_IDS` that also make numbers ids; a number called `key` or `token` is an amount."""

_PROSE = frozenset({"message", "msg", "text", "description", "reason", "title", "stack", "location"})
_CODES = frozenset({"status", "code", "level", "severity", "version", "port", "class", "kind"})
"""Last words that make whole numbers names rather than amounts."""

_LONG = "free text; use 'extract', or a regex in 'parse'"

_MIN_TIME = 1e9
"""September 2001 in Unix seconds: smaller numbers are durations."""

_FEW_TEXTS = 10
_FEW_VALUES = 5

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Use(Enum):
    """How a place is used."""

    VALUE = "value"
    LABEL = "label"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess at how to use a place.

    Attributes:
        unit: of a value; None if unknown.
        conversion: how to convert text to a value; None for numbers.
        closed: all values of a label, if known.
        reason: why it is not used.
    """

    use: Use
    unit: Unit | None = None
    conversion: Conversion | None = None
    closed: tuple[str, ...] = ()
    reason: str = ""


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case: max, memory, used, mb for `maxMemoryUsedMB`."""
    return tuple(word.lower() for word in _WORD.findall(name))


def guess(name: str, seen: Statistics, stated: Unit | None = None) -> Guess:
    """Guess how to use a place.

    Args:
        name: the last name on the way to it.
        seen: statistics of its values.
        stated: the unit, if the events state it.
    """
    named = words(name)
    last = named[-1] if named else ""
    if _is_time(last, seen):
        return Guess(Use.NOTHING, reason="a point in time")
    if last in (_IDS if seen.texts else _IDS_OF_NUMBERS) or 2 * seen.ids > seen.values:
        return Guess(Use.NOTHING, reason="an id, which would make too many label values")
    if seen.truths == seen.values:
        return Guess(Use.LABEL, closed=("true", "false"))
    conversion = None
    if not seen.numbers or seen.numbers != seen.values:
        conversion = _conversion(seen)
        if conversion is None:
            return _guess_text(last, seen)
    if last in _CODES and not seen.fractions and conversion is not Conversion.DURATION and not stated:
        return Guess(Use.LABEL)
    unit = Unit.SECOND if conversion is Conversion.DURATION else stated or _unit(named)
    return Guess(Use.VALUE, unit=unit, conversion=conversion)


def is_label(place: Place, seen: Statistics) -> bool:
    """Return whether a place can be used as a label."""
    return guess(names_in(place)[-1], seen).use is Use.LABEL


def _guess_text(last: str, seen: Statistics) -> Guess:
    if seen.texts < seen.values:
        return Guess(Use.NOTHING, reason="values of several types, or numbers that are too large")
    if last in _PROSE or seen.short < seen.texts:
        return Guess(Use.NOTHING, reason=_LONG)
    different = len(seen.different)
    if different > _FEW_TEXTS or (different == seen.values and different > _FEW_VALUES):
        return Guess(Use.NOTHING, reason="too many different texts for a label")
    return Guess(Use.LABEL)


def _conversion(seen: Statistics) -> Conversion | None:
    """Return how to convert texts to numbers; None if they cannot all be converted."""
    if seen.numbers + seen.numeric == seen.values:
        return Conversion.NUMBER
    if seen.durations and seen.durations + seen.numbers + seen.numeric == seen.values:
        return Conversion.DURATION
    return None


def _unit(named: tuple[str, ...]) -> Unit | None:
    if any(named[-len(one) :] == one for one in _MIB):
        return Unit.MEBIBYTE
    if not named:
        return None
    return UNITS.get(named[-1], Unit.BYTE if named[0] == "bytes" else None)


def _is_time(last: str, seen: Statistics) -> bool:
    if seen.times and 2 * seen.times > seen.values:
        return True
    return last in _TIMES and (seen.clocks > 0 or (seen.numbers > 0 and seen.most >= _MIN_TIME))
