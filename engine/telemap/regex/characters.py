"""Character sets of regexes as bits: one for each character of Latin-1, and one for each kind of others."""

from __future__ import annotations

import re
from typing import Any

_LATIN = 256
_OTHERS = "\u0663\u03b1\u2003\u2603"
"""Bits for digits, letters, white space and all other characters beyond Latin-1."""

_EACH = [*map(chr, range(_LATIN)), *_OTHERS]

ALL = (1 << len(_EACH)) - 1
"""Every character."""


def _mask(pattern: str) -> int:
    return sum(1 << bit for bit, character in enumerate(_EACH) if re.fullmatch(pattern, character))


_CATEGORIES = {
    "CATEGORY_DIGIT": _mask(r"\d"),
    "CATEGORY_SPACE": _mask(r"\s"),
    "CATEGORY_WORD": _mask(r"\w"),
}

_TO_LOWER = ord("a") - ord("A")
"""Distance of a lower-case letter from its upper case, if both are in Latin-1."""

_UPPER = sum(1 << code for code in range(_LATIN) if ord(chr(code).lower()) == code + _TO_LOWER)
_LOWER = _UPPER << _TO_LOWER

_LINE_END = 1 << ord("\n")

BEYOND_LATIN = 1 << _LATIN
"""Sets of this value or more contain characters beyond Latin-1."""

OTHER_DIGITS = BEYOND_LATIN
"""The digits beyond Latin-1, in a set without other such characters."""

_BEYOND = ALL & ~(BEYOND_LATIN - 1)


def characters(operator: str, argument: Any, flags: int) -> int | None:
    """Return the characters that a token of a parsed regex matches; None if it is not a single character."""
    match operator:
        case "ANY":
            return ALL if flags & re.DOTALL else ALL & ~_LINE_END
        case "LITERAL":
            return _range(argument, argument, flags)
        case "NOT_LITERAL":
            return ALL & ~_range(argument, argument, flags)
        case "IN":
            return _members(argument, flags)
    return None


def is_any(mask: int) -> bool:
    """Return whether a set has every character, perhaps except line ends."""
    return mask | _LINE_END | 1 << ord("\r") == ALL


def _members(members: list[Any], flags: int) -> int:
    mask = 0
    negated = False
    for operator, argument in members:
        match str(operator):
            case "NEGATE":
                negated = True
            case "LITERAL":
                mask |= _range(argument, argument, flags)
            case "RANGE":
                mask |= _range(argument[0], argument[1], flags)
            case "CATEGORY":
                mask |= _category(str(argument))
    return ALL & ~mask if negated else mask


def _range(first: int, last: int, flags: int) -> int:
    """Return a range, in both cases if case is ignored; beyond Latin-1, it may contain anything."""
    mask = max((1 << min(last + 1, _LATIN)) - (1 << min(first, _LATIN)), 0)
    if flags & re.IGNORECASE:
        mask |= (mask & _UPPER) << _TO_LOWER | (mask & _LOWER) >> _TO_LOWER
    return mask | _BEYOND if last >= _LATIN else mask


def _category(name: str) -> int:
    inner = _CATEGORIES.get(name.replace("_NOT_", "_"), 0)
    return ALL & ~inner if "_NOT_" in name else inner
