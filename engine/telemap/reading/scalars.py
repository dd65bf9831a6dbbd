"""Read plain scalars by YAML 1.2's core schema, and name what a node is."""

from __future__ import annotations

import math
import re

from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode

_NUMBER = re.compile(
    r"[-+]?(?:(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
    r"|0o[0-7]+|0x[0-9a-fA-F]+"
)
"""A number of YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#1032-tag-resolution).

Readers of YAML 1.1, check-jsonschema's among them, also take `1_000` and `0b11` for numbers; here they are text.
"""

_BASES = {"0o": 8, "0x": 16}
"""Prefixes of whole numbers that are not decimal."""


def is_number(node: Node) -> bool:
    """Return whether a node is a number as YAML 1.2 reads it: plain, without quotes."""
    return isinstance(node, ScalarNode) and node.plain and _NUMBER.fullmatch(node.text) is not None


def number_of(node: Node) -> float:
    """Return the number that a node is, by `is_number`; also an infinity, or NaN."""
    assert isinstance(node, ScalarNode)  # noqa: S101 - for mypy: is_number has checked it
    if base := _BASES.get(node.text[:2]):
        try:
            return float(int(node.text[2:], base))
        except OverflowError:
            return math.inf
    return float(node.text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def integer_of(node: Node) -> int | None:
    """Return the whole number that a finite number is written as; None when it has a point or an exponent."""
    assert isinstance(node, ScalarNode)  # noqa: S101 - for mypy: is_number has checked it
    if base := _BASES.get(node.text[:2]):
        return int(node.text[2:], base)
    return int(node.text) if node.text.lstrip("+-").isdecimal() else None


def is_truth(node: Node) -> bool:
    """Return whether a node is a truth value as YAML 1.2 reads it."""
    return (
        isinstance(node, ScalarNode) and node.plain and node.text in {"true", "True", "TRUE", "false", "False", "FALSE"}
    )


def contrast(node: Node) -> str:
    """Return what a node is instead of what a message asks for, such as `not a list`."""
    if isinstance(node, MapNode):
        return "not a map"
    if isinstance(node, ListNode):
        return "not a list"
    if node.is_null:
        return "but is empty"
    return f"not {node.text!r}"
