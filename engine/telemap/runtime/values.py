"""Long-form values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from telemap.label_text import label_text
from telemap.numbers import INVALID
from telemap.runtime.labels import make_extract
from telemap.runtime.nodes import are_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.model import Conversion, ValueRule
    from telemap.runtime.regexes import RegexBudget

_MISSING = "\0missing"


def make_conversion(conversion: Conversion) -> Callable[[Any], Any]:
    """Return a function that converts a node for a test: to a number, or else to None."""
    function = conversion.row.function

    def converted(found: Any) -> Any:
        if found is None:
            return None
        number = function(found)
        return number if type(number) is float or type(number) is int else None

    return converted


def product(value: Any, *factors: Any) -> Any:
    """Multiply a value; return None if it or a factor is missing, and `INVALID` if one is not a number."""
    for factor in factors:
        if value is None or factor is None:
            return None
        if not are_numbers(value, factor):
            return INVALID
        try:
            value = value * factor
        except OverflowError:  # a whole number beyond the range of floats
            return math.inf
    return value


def make_value(rule: ValueRule, budget: RegexBudget) -> Callable[[Any], Any]:
    """Return a function that converts a node to a number; None if it is missing, otherwise `INVALID`."""
    steps: list[Callable[[Any], Any]] = []
    if rule.extract is not None:
        steps.append(_extracting(make_extract(rule.extract, budget, _MISSING)))
    if rule.map is not None:
        steps.append(_mapping(dict(rule.map), rule.otherwise))
    if rule.convert is not None:
        steps.append(rule.convert.row.function)

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
