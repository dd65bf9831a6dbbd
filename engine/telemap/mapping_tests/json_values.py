"""Read nodes as JSON values of an event, by YAML 1.2's core schema.

Unquoted `null`, `true`, `false` and numbers are what they look like; everything else is text.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from telemap.document.nodes import ListNode, MapNode, Node
from telemap.reading.scalars import integer_of, is_number, is_truth, number_of

if TYPE_CHECKING:
    from telemap.reading.node_reader import NodeReader

_MOST_DIGITS = 4_300
"""Most digits of whole numbers that Python reads from JSON."""


def json_value(reader: NodeReader, node: Node) -> Any:
    """Return the JSON value of a node; report numbers that JSON cannot represent."""
    if isinstance(node, MapNode):
        return {key.text: json_value(reader, value) for key, value in node.entries}
    if isinstance(node, ListNode):
        return [json_value(reader, item) for item in node.items]
    if node.is_null:
        return None
    if is_truth(node):
        return node.text.lower() == "true"
    return _number(reader, node) if is_number(node) else node.text


def _number(reader: NodeReader, node: Node) -> float:
    if node.span.end_column - node.span.column <= _MOST_DIGITS and (whole := integer_of(node)) is not None:
        return whole
    number = number_of(node)
    if not math.isfinite(number):
        reader.error("number-range", node, "numbers in events must be finite", "put text in quotes")
    return number
