"""Read plain scalars by YAML 1.2's core schema, and describe nodes."""

from __future__ import annotations

import math
import re

from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode

_NUMBER = re.compile(
    r"[-+]?(?:(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
    r"|0o[0-7]+|0x[0-9a-fA-F]+"
)
"""A number of YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#1032-tag-resolution).

YAML 1.1 parsers, including check-jsonschema's, also read `1_000` and `0b11` as numbers; here they are text.
"""

_LONGEST_SHOWN = 100
"""Most characters of a wrong value in a message."""

_BASES = {"0o": 8, "0x": 16}
"""Prefixes of integers that are not decimal."""


def is_number(node: Node) -> bool:
    """Return whether a node is a number in YAML 1.2: plain, without quotes."""
    return isinstance(node, ScalarNode) and node.plain and _NUMBER.fullmatch(node.text) is not None


def number_of(node: Node) -> float:
    """Return the number of a node that `is_number`, which may be infinite or NaN."""
    assert isinstance(node, ScalarNode)  # noqa: S101 - for mypy: is_number has checked it
    if base := _BASES.get(node.text[:2]):
        try:
            return float(int(node.text[2:], base))
        except OverflowError:
            return math.inf
    return float(node.text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def integer_of(node: Node) -> int | None:
    """Return the value of a finite number that is written as an integer; None if it has a point or an exponent."""
    assert isinstance(node, ScalarNode)  # noqa: S101 - for mypy: is_number has checked it
    if base := _BASES.get(node.text[:2]):
        return int(node.text[2:], base)
    return int(node.text) if node.text.lstrip("+-").isdecimal() else None


def is_truth(node: Node) -> bool:
    """Return whether a node is a boolean in YAML 1.2."""
    return (
        isinstance(node, ScalarNode) and node.plain and node.text in {"true", "True", "TRUE", "false", "False", "FALSE"}
    )


def contrast(node: Node) -> str:
    """Return what a node is instead of the expected type, such as `not a list`."""
    if isinstance(node, MapNode):
        return "not a map"
    if isinstance(node, ListNode):
        return "not a list"
    if node.is_null:
        return "but is empty"
    text = node.text if len(node.text) <= _LONGEST_SHOWN else f"{node.text[:_LONGEST_SHOWN]}..."
    return f"not {text!r}"
