"""The test of a filter in a path, without jsonpath-ng: `[?(@.name == 'x')]`.

Values compare as RFC 9535 has it, section 2.3.5.2.2: only two numbers, or two texts, are ordered; a truth value is no
number; what is not there is unequal to everything.
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
"""How truth values compare."""

_COMPARABLE: Final[dict[type, tuple[type, ...]]] = {str: (str,), bool: (bool,), int: (int, float), float: (int, float)}
"""The types of values that a literal can be compared with."""


def walk(value: Any, steps: Iterable[str | int]) -> list[Any]:
    """Follow names and indexes; give the node, or nothing where there is none."""
    for step in steps:
        if type(step) is str:
            if type(value) is not dict or step not in value:
                return []
        elif type(value) is not list or not -len(value) <= int(step) < len(value):
            return []
        value = value[step]
    return [value]


def make_test(order: str | None, text: str | None) -> Callable[[list[Any]], bool]:
    """Make the test of the node that a filter's path leads to.

    Args:
        order: the operator; None for the test that there is a node, null or not.
        text: the literal as it is written.

    Returns:
        A function of what `walk` gives.
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
