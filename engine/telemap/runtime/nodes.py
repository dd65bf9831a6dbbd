"""Nodes of events: members, and comparisons of two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def members(node: Any) -> Iterable[tuple[str | int, Any]]:
    """Give the members of an array or object with index or key, as a path's `[*]` finds them; null is not there."""
    if type(node) is list:
        return [(index, item) for index, item in enumerate(node) if item is not None]
    if type(node) is dict:
        return [(key, item) for key, item in node.items() if item is not None]
    return ()


def equal(left: Any, right: Any) -> bool:
    """Tell whether two nodes are equal as JSON values: true is never 1, text never a number, null equals nothing."""
    if left is None or right is None:
        return False
    if type(left) is bool or type(right) is bool:
        return left is right
    return bool(left == right)


def are_numbers(left: Any, right: Any) -> bool:
    """Tell whether two nodes can be ordered."""
    return type(left) in _NUMBERS and type(right) in _NUMBERS


_NUMBERS = frozenset({int, float})
