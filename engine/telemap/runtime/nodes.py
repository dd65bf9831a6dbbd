"""Members and comparisons of event nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def members(node: Any) -> Iterable[tuple[str | int, Any]]:
    """Return the non-null members of an array or object with their indexes or keys, as `[*]` in a path."""
    if type(node) is list:
        return [(index, item) for index, item in enumerate(node) if item is not None]
    if type(node) is dict:
        return [(key, item) for key, item in node.items() if item is not None]
    return ()


def first(*nodes: Any) -> Any:
    """Return the first non-null node."""
    return next((node for node in nodes if node is not None), None)


def equal(left: Any, right: Any) -> bool:
    """Return whether two nodes are equal JSON values; true is not 1, text is not a number, null equals nothing."""
    if left is None or right is None:
        return False
    pairs = [(left, right)]  # no recursion, because telemetry can be as deep as Python's JSON parser allows
    while pairs:
        one, other = pairs.pop()
        if type(one) is list and type(other) is list and len(one) == len(other):
            pairs += zip(one, other, strict=True)
        elif type(one) is dict and type(other) is dict and one.keys() == other.keys():
            pairs += [(value, other[key]) for key, value in one.items()]
        elif type(one) in _COMPOUND or (type(one) is bool) != (type(other) is bool) or one != other:
            return False
    return True


def are_numbers(left: Any, right: Any) -> bool:
    """Return whether two nodes can be ordered."""
    return type(left) in _NUMBERS and type(right) in _NUMBERS


_NUMBERS = frozenset({int, float})
_COMPOUND = frozenset({list, dict})
