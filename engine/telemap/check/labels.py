"""Read label sets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from telemap.check.paths import ANY_DEPTH, count_steps, read_origin_paths, read_path
from telemap.check.references import read_literal, refuse_label_reference
from telemap.check.regexes import read_extract
from telemap.check.replacements import read_replace
from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.keys import tables as keys
from telemap.keys.tables import LabelOriginKey
from telemap.model import (
    Concat,
    EnvironmentReference,
    Exists,
    FirstOf,
    LabelOrigin,
    LabelRule,
    LiteralText,
)
from telemap.path.parse import Wanted, looks_like_path
from telemap.reading.node_reader import ITEM
from telemap.reading.scalars import is_number

if TYPE_CHECKING:
    from telemap.check.drafts import LabelNodes
    from telemap.check.mapping_reader import MappingReader
    from telemap.model import MetricType
    from telemap.path import Path
    from telemap.reading.entries import Entries

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

_LONG_TEXT = 100
"""Number of characters that take as long as another text."""

_ORIGINS = {key.value: key for key in LabelOriginKey}

_AS_WRITTEN = "write the text itself; references are allowed in 'otherwise', 'default' and the values of 'map'"


def read_label_names(reader: MappingReader, node: Node, what: str) -> LabelNodes:
    """Read a map of labels; `null` removes an inherited one.

    Each label is also read as if within any `each`, because one that is overridden everywhere may be invalid, too.
    """
    labels: LabelNodes = {}
    for key, value in reader.pairs(node, what) or ():
        if _NAME.fullmatch(key.text) is None or key.text.startswith("__"):
            reader.error(
                "label-name",
                key,
                f"{key.text!r} is not a valid label name",
                "use letters, digits and '_', and do not start with a digit or '__'",
            )
        labels[key.text] = (key, value)
        if not _is_null(value):
            read_label(reader, value, f"label {key.text!r}", depth=ANY_DEPTH)
    return labels


def merge_labels(*levels: LabelNodes) -> LabelNodes:
    """Merge label sets, the nearest last, without removed labels."""
    merged: LabelNodes = {}
    for level in levels:
        merged |= level
    return {name: (key, node) for name, (key, node) in merged.items() if not _is_null(node)}


def check_removals(reader: MappingReader, labels: LabelNodes, inherited: LabelNodes) -> None:
    """Report `null` for labels that are not inherited.

    Args:
        reader: collects the problems.
        labels: those of one level, as written.
        inherited: the merged labels of all levels above.
    """
    for name, (key, node) in labels.items():
        if _is_null(node) and name not in inherited:
            hint = reader.suggestions.nearest(name, inherited) or "null removes a label of 'defaults' or of the metric"
            reader.error("nothing-to-remove", key, f"there is no inherited label {name!r} to remove", hint)


def check_reserved(reader: MappingReader, labels: LabelNodes, metric_type: MetricType) -> None:
    """Report labels that have a special meaning in the text format."""
    name = metric_type.row.own_label
    if name and name in labels:
        reader.error(
            "label-name", labels[name][0], f"a {metric_type.value} cannot have the label {name!r}", "rename it"
        )


def count_texts(reader: MappingReader, node: Node) -> int:
    """Count the texts of a label, such as those of `allow`; long ones count more than once."""
    key = ("texts", id(node))
    if key not in reader.readings:
        found, pending = 0, [node]
        while pending:
            one = pending.pop()
            if isinstance(one, ScalarNode):
                found += 1 + len(one.text) // _LONG_TEXT
            else:
                pending += one.items if isinstance(one, ListNode) else (part for entry in one.entries for part in entry)
        reader.readings[key] = found
    texts: int = reader.readings[key]
    return texts


def read_label(reader: MappingReader, node: Node, what: str, *, depth: int) -> LabelRule | None:
    """Read one label: a path, literal text, or the long form.

    A label that many rules inherit is read once; its problems and the steps of its paths count for each rule.

    Args:
        reader: collects the problems.
        node: the label as written.
        what: its name in messages.
        depth: the number of steps of the surrounding `each`.
    """
    key = ("label", id(node), what, depth)
    if key not in reader.readings:
        errors, steps = reader.errors, reader.totals.steps
        rule = _read_label(reader, node, what, depth)
        reader.readings[key] = rule, reader.errors - errors, reader.totals.steps - steps
        return rule
    read: tuple[LabelRule | None, int, int] = reader.readings[key]
    rule, errors, steps = read
    reader.errors += errors
    count_steps(reader, node, steps)
    return rule


def _read_label(reader: MappingReader, node: Node, what: str, depth: int) -> LabelRule | None:
    if isinstance(node, MapNode):
        return _read_long(reader, node, what, depth)
    origin = _read_part(reader, node, what, depth)
    if origin is None:
        return None
    return LabelRule(origin if isinstance(origin, LiteralText) else FirstOf((origin,)))


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.is_null


def _read_part(reader: MappingReader, node: Node, what: str, depth: int) -> LiteralText | Path | None:
    """Read text that is a path or a literal."""
    text = reader.text(node, what, empty=True)
    if text is None:
        return None
    if looks_like_path(text) and not is_number(node):
        return read_path(reader, node, what, depth=depth)
    return read_literal(reader, node, text)


def _read_long(reader: MappingReader, node: MapNode, what: str, depth: int) -> LabelRule | None:
    entries = reader.entries(node, what, keys.LABEL, keys.LABEL_ELSEWHERE)
    if entries is None or (entries.foreign and not keys.LABEL_ORIGIN & entries.keys()):
        return None  # the unknown key is probably a misspelt origin
    origin = _read_origin(reader, node, what, entries, depth)
    extract = read_extract(reader, entries["extract"][1], f"'extract' of {what}") if "extract" in entries else None
    lower = reader.truth(entries["lower"][1], f"'lower' of {what}") if "lower" in entries else False
    replace = read_replace(reader, entries["replace"][1], f"'replace' of {what}") if "replace" in entries else ()
    mapped = _read_map(reader, entries["map"][1], f"'map' of {what}") if "map" in entries else None
    allow = _read_allow(reader, entries["allow"][1], f"'allow' of {what}") if "allow" in entries else None
    if "otherwise" in entries and entries.lacks("map") and entries.lacks("allow"):
        reader.error(
            "missing-key",
            entries["otherwise"][0],
            f"'otherwise' of {what} needs 'map' or 'allow'",
            "add one of them, or remove 'otherwise'",
        )
    limit = None
    if "max_values" in entries:
        limit = reader.positive_integer(entries["max_values"][1], f"'max_values' of {what}")
    otherwise, default = (
        _read_literal(reader, entries[name][1], f"{name!r} of {what}") if name in entries else None
        for name in ("otherwise", "default")
    )
    if origin is None or entries.foreign:
        return None  # the unknown key may be a misspelt key that bounds the label
    return LabelRule(origin, extract, bool(lower), mapped, allow, otherwise, limit, default, replace)


def _read_origin(reader: MappingReader, node: MapNode, what: str, entries: Entries, depth: int) -> LabelOrigin | None:
    """Read the only origin of a label."""
    given = [name for name in entries if name in _ORIGINS]
    if not given:
        reader.error("missing-key", node, f"{what} needs one of: {', '.join(_ORIGINS)}")
        return None
    first, *others = given
    for name in others:
        reader.exclude(entries, first, name, f"{what} has both {first!r} and {name!r}")
    key, value = _ORIGINS[first], entries[first][1]
    match key:
        case LabelOriginKey.PATH | LabelOriginKey.FIRST_OF:
            return read_origin_paths(reader, entries, what, depth)
        case LabelOriginKey.CONCAT:
            return _read_concat(reader, value, f"'concat' of {what}", depth)
        case LabelOriginKey.ENV:
            return _read_env(reader, value, f"'env' of {what}")
        case LabelOriginKey.CONST:
            return _read_literal(reader, value, f"'const' of {what}")
        case LabelOriginKey.EXISTS:
            path = read_path(reader, value, f"'exists' of {what}", depth=depth, wanted=Wanted.ANY)
            return None if path is None else Exists(path)
        case _:
            assert_never(key)


def _read_concat(reader: MappingReader, node: Node, what: str, depth: int) -> Concat | None:
    items = reader.items(node, what) or ()
    parts = [_read_part(reader, item, f"a part of {what}", depth) for item in items]
    return Concat(tuple(part for part in parts if part is not None)) if parts else None


def _read_env(reader: MappingReader, node: Node, what: str) -> LiteralText | None:
    """Read the name of an environment variable."""
    name = reader.text(node, what)
    if name is None:
        return None
    if _NAME.fullmatch(name) is None:
        reader.error(
            "wrong-value",
            node,
            f"{what} is not a valid variable name: {name!r}",
            "write the name of the variable, without '$' and braces",
        )
        return None
    found = read_literal(reader, node, f"${{env:{name}}}")
    return found if found and isinstance(found.parts[0], EnvironmentReference) else None


def _read_map(reader: MappingReader, node: Node, what: str) -> tuple[tuple[str, LiteralText], ...]:
    """Read a map from label text to label text; keys are text as written."""
    pairs = reader.pairs(node, what) or ()
    for key, _ in pairs:
        refuse_label_reference(reader, key, f"a key of {what}", _AS_WRITTEN)
    read = [(key.text, _read_literal(reader, value, f"{key.text!r} of {what}")) for key, value in pairs]
    return tuple((key, text) for key, text in read if text is not None)


def _read_allow(reader: MappingReader, node: Node, what: str) -> tuple[str, ...]:
    items = reader.items(node, what) or ()
    for item in items:
        if isinstance(item, ScalarNode):
            refuse_label_reference(reader, item, f"an item of {what}", _AS_WRITTEN)
    texts = [reader.text(item, f"an item of {what}", empty=True, hint=ITEM) for item in items]
    return tuple(text for text in texts if text is not None)


def _read_literal(reader: MappingReader, node: Node, what: str) -> LiteralText | None:
    text = reader.text(node, what, empty=True)
    return None if text is None else read_literal(reader, node, text)
