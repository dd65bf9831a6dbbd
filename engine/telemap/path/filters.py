"""Filters in paths, without jsonpath-ng: `[?(@.name == 'x')]`.

Values compare as in RFC 9535, section 2.3.5.2.2: only two numbers or two texts are ordered; a boolean is not a number;
a missing node is unequal to everything.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_WITHOUT_ORDER: Final = {**_ORDERS, "<=": operator.eq, ">=": operator.eq, "<": lambda *_: False, ">": lambda *_: False}
"""The comparisons of booleans."""

_COMPARABLE: Final[dict[type, tuple[type, ...]]] = {str: (str,), bool: (bool,), int: (int, float), float: (int, float)}
"""The types that can be compared with a literal."""


def walk(value: Any, steps: Iterable[str | int]) -> list[Any]:
    """Follow names and indexes; return the node, or a mark if it does not exist."""
    for step in steps:
        if type(step) is str:
            if type(value) is not dict or step not in value:
                return []
        elif type(value) is not list or not -len(value) <= int(step) < len(value):
            return []
        value = value[step]
    return [value]


def make_test(order: str | None, text: str | None) -> Callable[[list[Any]], bool]:
    """Return a function that compares the node at a filter's path.

    Args:
        order: the operator; None to check that the node exists, null or not.
        text: the literal as written.

    Returns:
        A function of the result of `walk`.
    """
    if order is None or text is None:
        return bool
    literal = _read(text)
    compare = (_WITHOUT_ORDER if type(literal) is bool else _ORDERS)[order]
    comparable = _COMPARABLE[type(literal)]
    otherwise = order == "!="

    def holds(nodes: list[Any]) -> bool:
        return compare(nodes[0], literal) if nodes and type(nodes[0]) in comparable else otherwise

    return holds


def _read(text: str) -> str | float | bool:
    """Read a literal."""
    if text[0] in "'\"":
        return text[1:-1]
    if text in {"true", "false"}:
        return text == "true"
    return float(text) if "." in text else int(text)
