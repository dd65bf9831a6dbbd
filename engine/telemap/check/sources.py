"""Read sources: which events, which value, which labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telemap.check import keys
from telemap.check.findings import is_number
from telemap.check.labels import LabelSet, read_labels, read_path, read_path_entry
from telemap.model import ConstantValue, MetricType, PathValue, Value
from telemap.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.paths import looks_like_path
from telemap.units import UNITS, base_unit

if TYPE_CHECKING:
    from telemap.check.findings import Findings

    Entries = dict[str, tuple[ScalarNode, Node]]


@dataclass(frozen=True, slots=True)
class FamilyHead:
    """What a source must know of its family: the full name, and the type when it is known."""

    name: str
    type: MetricType | None


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A source before the labels of its family are put under its own.

    Attributes:
        node: what problems with the whole source point at.
        value: None when it could not be read.
    """

    node: Node
    patterns: tuple[str, ...]
    value: Value | None
    factor: float
    labels: LabelSet


def read_source(findings: Findings, node: Node, what: str, entries: Entries, head: FamilyHead) -> DraftSource:
    """Read the source that the entries of a family or of an item of `sources` state."""
    patterns: tuple[str, ...] = ()
    if "from" in entries:
        patterns = _read_patterns(findings, entries["from"][1], what)
    else:
        findings.error("missing-key", node, f"{what} needs 'from'", "name an event type, such as 'platform.report'")
    factor = _read_factor(findings, what, entries, head)
    value = _read_value(findings, node, what, entries, head)
    if value is not None:
        _check_number(findings, entries, value, factor, head)
    labels = read_labels(findings, entries["labels"][1], f"'labels' of {what}") if "labels" in entries else {}
    return DraftSource(node, patterns, value, factor, labels)


def read_source_item(findings: Findings, node: Node, what: str, head: FamilyHead) -> DraftSource | None:
    """Read one item of `sources`."""
    entries = findings.entries(node, what, keys.SOURCE)
    return None if entries is None else read_source(findings, node, what, entries, head)


def _read_patterns(findings: Findings, node: Node, what: str) -> tuple[str, ...]:
    """Read event types and patterns: one, or a list."""
    nodes = findings.items(node, f"'from' of {what}") if isinstance(node, ListNode) else (node,)
    texts = [findings.text(item, f"'from' of {what}") for item in nodes or ()]
    return tuple(text for text in texts if text is not None)


def _read_value(findings: Findings, node: Node, what: str, entries: Entries, head: FamilyHead) -> Value | None:
    if "value" in entries:
        return _read_given_value(findings, entries["value"][1], f"'value' of {what}")
    if head.type is MetricType.COUNTER:
        return ConstantValue(1.0)
    if head.type is not None:
        findings.error(
            "missing-value", node, f"{what} needs 'value'", "only a counter can do without: it counts events"
        )
    return None


def _read_given_value(findings: Findings, node: Node, what: str) -> Value | None:
    """Read a value: a number, a path, or the long form."""
    if isinstance(node, MapNode):
        return _read_long(findings, node, what)
    if is_number(node):
        number = findings.number(node, what)
        return None if number is None else ConstantValue(number)
    if isinstance(node, ScalarNode) and looks_like_path(node.text):
        path = read_path(findings, node, node.text)
        return None if path is None else PathValue(path, None)
    shown = repr(node.text) if isinstance(node, ScalarNode) else "a list"
    findings.error("wrong-type", node, f"{what} must be a number or a path, this is {shown}", "a path begins with '$.'")
    return None


def _read_long(findings: Findings, node: MapNode, what: str) -> Value | None:
    entries = findings.entries(node, what, keys.VALUE) or {}
    default = findings.number(entries["default"][1], f"'default' of {what}") if "default" in entries else None
    path = read_path_entry(findings, node, what, entries, keys.VALUE)
    return None if path is None else PathValue(path, default)


def _read_factor(findings: Findings, what: str, entries: Entries, head: FamilyHead) -> float:
    """Read what the value is multiplied by: `unit`, `scale`, or 1."""
    if "unit" in entries and "scale" in entries:
        findings.error(
            "keys-exclude",
            entries["scale"][0],
            f"{what} has both 'unit' and 'scale'",
            related=(entries["unit"][0], "'unit'"),
        )
    if "scale" in entries:
        scale = findings.number(entries["scale"][1], f"'scale' of {what}")
        return 1.0 if scale is None else scale
    if "unit" not in entries:
        return 1.0
    node = entries["unit"][1]
    unit = findings.choice(node, f"'unit' of {what}", UNITS)
    if unit is None:
        return 1.0
    base, factor = UNITS[unit]
    if base_unit(head.name) != base:
        findings.error(
            "unit-name",
            node,
            f"unit {unit!r} converts to {base}, which the name {head.name!r} does not state",
            f"let the name end in '_{base}' (or '_{base}_total'), or multiply with 'scale' instead",
        )
    return factor


def _check_number(findings: Findings, entries: Entries, value: Value, factor: float, head: FamilyHead) -> None:
    """Report a number that is known before any event, and can never be a sample when it is scaled."""
    number = value.number if isinstance(value, ConstantValue) else value.default
    if number is None:
        return
    down = head.type is MetricType.COUNTER and number * factor < 0
    if math.isfinite(number * factor) and not down:
        return
    _, node = entries.get("value") or entries["scale"]
    message = "a counter cannot go down: this value is below 0" if down else f"{number:g} is too large to be scaled"
    findings.error("number-range", node, message)
