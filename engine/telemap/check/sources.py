"""Read rules: their events, items, value and labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, assert_never

from telemap.check import keys
from telemap.check.conditions import read_when
from telemap.check.drafts import DraftSource
from telemap.check.labels import read_label_names
from telemap.check.limits_of_all_files import MAX_PATTERNS
from telemap.check.parse import read_parse
from telemap.check.paths import ANY_DEPTH, read_path
from telemap.check.texts import ParsedText, check_test_texts, check_value_text
from telemap.check.values import known_numbers, read_value
from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.model import Amount, Constant, Conversion, FirstOf, GaugeOperation, ValueRule
from telemap.path.parse import Wanted, parse_path
from telemap.patterns import is_pattern
from telemap.reading.entries import listed
from telemap.units import Unit, base_unit, scaled

if TYPE_CHECKING:
    from telemap.check.drafts import FamilyHead, LabelNodes
    from telemap.check.mapping_reader import MappingReader
    from telemap.path import Path
    from telemap.reading.entries import Entries

_EVENT_TYPE = "name an event type, such as 'platform.report'"

MAX_STARS = 8
"""Maximum number of `*` in a pattern: each adds a search."""

MAX_EACH = 4
"""Maximum number of steps of `each`: `$parent` reaches back one step, and no telemetry is nested deeper."""


def read_source(reader: MappingReader, node: Node, what: str, entries: Entries, head: FamilyHead) -> DraftSource:
    """Read a rule, which is an item of `sources` or part of a metric."""
    patterns: tuple[str, ...] = ()
    if "from" in entries:
        patterns = read_patterns(reader, entries["from"][1], what)
    elif entries.lacks("from"):
        reader.error("missing-key", node, f"{what} needs 'from'", _EVENT_TYPE)
    parse = read_parse(reader, entries["parse"][1], f"'parse' of {what}") if "parse" in entries else None
    each = _read_each(reader, entries["each"][1], f"'each' of {what}") if "each" in entries else ()
    each_nodes = _each_nodes(entries)
    # An invalid or misspelt `each` must not cause more problems.
    depth = len(each_nodes) or (0 if entries.lacks("each") else ANY_DEPTH)
    when = read_when(reader, entries["when"][1], what, depth=depth) if "when" in entries else None
    operation = _read_operation(reader, what, entries, head)
    factor = _read_factor(reader, what, entries, head)
    value = _read_value(reader, node, what, entries, head, operation, depth)
    if value is not None:
        _check_numbers(reader, entries, value, factor, head)
    texts = ParsedText(parse, each)
    if value is not None and "value" in entries:
        check_value_text(reader, entries["value"][1], f"'value' of {what}", value, texts)
    if when is not None:
        check_test_texts(reader, entries["when"][1], when, texts)
    unit = entries["unit"][1] if "unit" in entries else None
    return DraftSource(
        node=node,
        patterns=patterns,
        parse=parse,
        each=each,
        when=when,
        value=value,
        factor=factor,
        operation=operation,
        patterns_node=entries["from"][1] if "from" in entries else None,
        operation_node=entries["op"][1] if "op" in entries else node,
        labels=read_own_labels(reader, entries, what),
        unit=(unit, unit.text) if isinstance(unit, ScalarNode) else None,
        is_scaled=not (entries.lacks("unit") and entries.lacks("scale")),
        has_parse=not entries.lacks("parse"),
        parse_path=_parse_path(entries),
        each_nodes=each_nodes,
        depth=depth,
        value_node=entries["value"][1] if "value" in entries else None,
        nodes=tuple(entries[name][1] for name in ("when", "value") if name in entries),
    )


def read_source_item(reader: MappingReader, node: Node, what: str, head: FamilyHead) -> DraftSource | None:
    """Read one item of `sources`."""
    entries = reader.entries(node, what, keys.SOURCE, keys.FAMILY_ELSEWHERE)
    return None if entries is None else read_source(reader, node, what, entries, head)


def read_own_labels(reader: MappingReader, entries: Entries, what: str) -> LabelNodes | None:
    """Read the labels of a metric or a rule; None if some probably could not be read."""
    if "labels" not in entries:
        return {} if entries.lacks("labels") else None
    node = entries["labels"][1]
    labels = read_label_names(reader, node, f"'labels' of {what}")
    return labels if isinstance(node, MapNode) else None


def read_patterns(reader: MappingReader, node: Node, what: str) -> tuple[str, ...]:
    """Read an event type or pattern, or a list of them."""
    nodes = reader.items(node, f"'from' of {what}", hint=_EVENT_TYPE) if isinstance(node, ListNode) else (node,)
    texts = [_read_pattern(reader, item, f"'from' of {what}") for item in nodes or ()]
    known = reader.totals.patterns
    known.update(text for text in texts if text is not None and is_pattern(text))
    if reader.totals.passes("patterns", len(known), MAX_PATTERNS):
        message = f"with 'from' of {what}, there are more than {MAX_PATTERNS} different patterns"
        reader.error("too-complex", node, message)
    return tuple(text for text in texts if text is not None)


def _read_pattern(reader: MappingReader, node: Node, what: str) -> str | None:
    text = reader.text(node, what, hint=_EVENT_TYPE)
    if text is not None and text.count("*") > MAX_STARS:
        reader.error("wrong-value", node, f"{what} has {text.count('*')} '*'; at most {MAX_STARS} are allowed")
        return None
    return text


def _read_each(reader: MappingReader, node: Node, what: str) -> tuple[Path, ...]:
    """Read the path of items, or a list of nested paths."""
    nodes = reader.items(node, what) if isinstance(node, ListNode) else (node,)
    nodes = nodes or ()
    if len(nodes) > MAX_EACH:
        reader.error("wrong-value", node, f"{what} has {len(nodes)} steps; at most {MAX_EACH} are allowed")
        return ()
    paths = [read_path(reader, item, what, depth=depth, wanted=Wanted.ANY) for depth, item in enumerate(nodes)]
    return tuple(path for path in paths if path is not None)


def _each_nodes(entries: Entries) -> tuple[Node, ...]:
    if "each" not in entries:
        return ()
    node = entries["each"][1]
    items = node.items if isinstance(node, ListNode) else (node,)
    return items if len(items) <= MAX_EACH and not isinstance(node, MapNode) else ()


def _parse_path(entries: Entries) -> ScalarNode | None:
    parse = entries["parse"][1] if "parse" in entries else None
    given = {key.text: value for key, value in parse.entries} if isinstance(parse, MapNode) else {}
    path = given.get("of")
    return path if isinstance(path, ScalarNode) else None


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
