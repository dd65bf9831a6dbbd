"""Read rules: their events, items, value and labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, assert_never

from telemap.check.drafts import DraftSource
from telemap.check.labels import read_label_names
from telemap.check.selection import EVENT_TYPE, inherited, joined, read_all_when, read_selection
from telemap.check.texts import ParsedText, check_test_texts, check_value_text
from telemap.check.values import known_numbers, read_value
from telemap.document.nodes import MapNode, Node, ScalarNode
from telemap.keys import tables as keys
from telemap.model import Amount, Constant, Conversion, FirstOf, GaugeOperation, ValueRule
from telemap.path.parse import parse_path
from telemap.reading.entries import listed
from telemap.units import Unit, base_unit, scaled

if TYPE_CHECKING:
    from telemap.check.drafts import FamilyHead, GroupDraft, LabelNodes
    from telemap.check.mapping_reader import MappingReader
    from telemap.reading.entries import Entries


def read_source(
    reader: MappingReader, node: Node, what: str, entries: Entries, head: FamilyHead, group: GroupDraft | None
) -> DraftSource:
    """Read a rule, which is an item of `sources` or part of a metric; its group has what it lacks."""
    group = None if group is None else inherited(reader, node, what, entries, group)
    chosen = read_selection(reader, what, entries, None if group is None else group.selection)
    if not chosen.has_patterns:
        reader.error("missing-key", node, f"{what} needs 'from'", EVENT_TYPE)
    conditions = read_all_when(reader, what, entries, chosen.depth, group)
    operation = _read_operation(reader, what, entries, head)
    factor = _read_factor(reader, what, entries, head)
    value = _read_value(reader, node, what, entries, head, operation, chosen.depth)
    if value is not None:
        _check_numbers(reader, entries, value, factor, head)
    texts = ParsedText(chosen.parse, chosen.each)
    if value is not None and "value" in entries:
        check_value_text(reader, entries["value"][1], f"'value' of {what}", value, texts)
    for when_node, when in conditions:
        check_test_texts(reader, when_node, when, texts)
    unit = entries["unit"][1] if "unit" in entries else None
    return DraftSource(
        node=node,
        patterns=chosen.patterns,
        parse=chosen.parse,
        each=chosen.each,
        when=joined(conditions),
        value=value,
        factor=factor,
        operation=operation,
        patterns_node=chosen.patterns_node,
        operation_node=entries["op"][1] if "op" in entries else node,
        labels=read_own_labels(reader, entries, what),
        unit=(unit, unit.text) if isinstance(unit, ScalarNode) else None,
        is_scaled=not (entries.lacks("unit") and entries.lacks("scale")),
        has_parse=chosen.has_parse,
        parse_path=chosen.parse_path,
        each_nodes=chosen.each_nodes,
        depth=chosen.depth,
        value_node=entries["value"][1] if "value" in entries else None,
        nodes=(*(one for one, _ in conditions), *([entries["value"][1]] if "value" in entries else [])),
        group_node=None if group is None else group.node,
    )


def read_source_item(
    reader: MappingReader, node: Node, what: str, head: FamilyHead, group: GroupDraft | None
) -> DraftSource | None:
    """Read one item of `sources`."""
    entries = reader.entries(node, what, keys.SOURCE, keys.FAMILY_ELSEWHERE)
    return None if entries is None else read_source(reader, node, what, entries, head, group)


def read_own_labels(reader: MappingReader, entries: Entries, what: str) -> LabelNodes | None:
    """Read the labels of a metric or a rule; None if some probably could not be read."""
    if "labels" not in entries:
        return {} if entries.lacks("labels") else None
    node = entries["labels"][1]
    labels = read_label_names(reader, node, f"'labels' of {what}")
    return labels if isinstance(node, MapNode) else None


def _read_operation(reader: MappingReader, what: str, entries: Entries, head: FamilyHead) -> GaugeOperation | None:
    if "op" not in entries:
        return GaugeOperation.SET if entries.lacks("op") else None
    key, node = entries["op"]
    chosen = reader.word(node, f"'op' of {what}", GaugeOperation)
    reader.key_for_type(key, what, head.type)
    return chosen


def _read_value(
    reader: MappingReader,
    node: Node,
    what: str,
    entries: Entries,
    head: FamilyHead,
    operation: GaugeOperation | None,
    depth: int,
) -> ValueRule | None:
    or_one = head.type is not None and head.type.row.counts
    if operation is not None:
        match operation.row.amount:
            case Amount.EVENT_TIME:
                for name in sorted({"value", "unit", "scale"} & entries.keys()):
                    reader.exclude(entries, "op", name, f"{what} has both 'op: {operation.value}' and {name!r}")
                return ValueRule(FirstOf((parse_path("$.time"),)), convert=Conversion.TIMESTAMP)
            case Amount.VALUE_OR_ONE:
                or_one = True
            case Amount.VALUE:
                pass
            case _:
                assert_never(operation.row.amount)
    if "value" in entries:
        return read_value(reader, entries["value"][1], f"'value' of {what}", depth=depth)
    if or_one:
        return ValueRule(Constant(1.0))
    if head.type is not None and operation is not None and entries.lacks("value"):
        first, *others = [one.value for one in GaugeOperation if one.row.amount is not Amount.VALUE]
        without = listed([f"'op: {first}'", *map(repr, others)])
        hint = f"only counters, which then count events, and {without} do not need it"
        reader.error("missing-value", node, f"{what} needs 'value'", hint)
    return None


def _read_factor(reader: MappingReader, what: str, entries: Entries, head: FamilyHead) -> float:
    """Read the factor of the value, from `unit` or `scale`; by default 1."""
    if "unit" in entries and "scale" in entries:
        reader.exclude(entries, "unit", "scale", f"{what} has both 'unit' and 'scale'")
    if "scale" in entries:
        factor = reader.number(entries["scale"][1], f"'scale' of {what}")
        return 1.0 if factor is None else factor
    if "unit" not in entries:
        return 1.0
    node = entries["unit"][1]
    unit = reader.word(node, f"'unit' of {what}", Unit)
    if unit is None:
        return 1.0
    base = unit.row.base
    if base_unit(head.name) != base:
        reader.error(
            "unit-name",
            node,
            f"unit {unit.value!r} converts to {base}, but the name {head.name!r} does not state it",
            f"end the name in '_{base}' (or '_{base}_total'), or use 'scale' instead",
        )
    return unit.row.factor


def _check_numbers(reader: MappingReader, entries: Entries, value: ValueRule, factor: float, head: FamilyHead) -> None:
    """Report constants that are not valid samples after scaling."""
    node = entries["value"][1] if "value" in entries else entries["scale"][1] if "scale" in entries else None
    for number, place in known_numbers(value, node):
        sample = scaled(number, factor)
        down = head.type is not None and head.type.row.counts and sample < 0
        if math.isfinite(sample) and not down:
            continue
        message = (
            "a counter cannot decrease, but this value is negative" if down else f"{number:g} is too large to scale"
        )
        reader.error("number-range", place, message)
