"""Read values."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from telemap.check.paths import path_hint, read_origin_paths, read_path, read_paths
from telemap.check.references import refuse_reference
from telemap.check.regexes import read_extract
from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.keys import tables as keys
from telemap.keys.tables import ValueOriginKey
from telemap.model import Constant, Conversion, FirstOf, ValueRule
from telemap.path.parse import looks_like_path
from telemap.reading.scalars import contrast, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.check.mapping_reader import MappingReader
    from telemap.model import ValueOrigin
    from telemap.path import Path
    from telemap.reading.entries import Entries


MAX_FACTORS = 8
"""Maximum number of factors of a value."""

_ORIGINS = {key.value: key for key in ValueOriginKey}


def read_value(reader: MappingReader, node: Node, what: str, *, depth: int) -> ValueRule | None:
    """Read a value: a number, a path, or the long form."""
    if isinstance(node, MapNode):
        return _read_long(reader, node, what, depth)
    if is_number(node):
        number = reader.number(node, what)
        return None if number is None else ValueRule(Constant(number))
    if isinstance(node, ScalarNode) and looks_like_path(node.text):
        path = read_path(reader, node, what, depth=depth)
        return None if path is None else ValueRule(FirstOf((path,)))
    message = f"{what} must be a number or a path, {contrast(node)}"
    hint = path_hint(node.text, depth) if isinstance(node, ScalarNode) and node.text else "a path begins with '$.'"
    reader.error("wrong-type", node, message, hint)
    return None


def known_numbers(value: ValueRule, node: Node | None) -> Iterator[tuple[float, Node]]:
    """Return the constants that a value may have, with their locations.

    Args:
        value: the value as read.
        node: the node of the value, or a substitute; None if there is neither.
    """
    if node is None:
        return
    given = {key.text: one for key, one in node.entries} if isinstance(node, MapNode) else {}
    if value.default is not None:
        yield value.default, given["default"]
    if value.otherwise is not None:
        yield value.otherwise, given["otherwise"]
    mapped = given.get("map")
    if value.convert is None and isinstance(mapped, MapNode):
        places = {key.text: one for key, one in mapped.entries}
        yield from ((number, places[text]) for text, number in value.map or ())
    if isinstance(value.origin, Constant) and value.is_plain and not value.times:
        yield value.origin.number, given.get("const", node)


def _read_long(reader: MappingReader, node: MapNode, what: str, depth: int) -> ValueRule | None:
    entries = reader.entries(node, what, keys.VALUE, keys.VALUE_ELSEWHERE)
    if entries is None or (entries.foreign and not keys.VALUE_ORIGIN & entries.keys()):
        return None  # the unknown key is probably a misspelt origin
    origin = _read_origin(reader, node, what, entries, depth)
    extract = read_extract(reader, entries["extract"][1], f"'extract' of {what}") if "extract" in entries else None
    mapped = _read_map(reader, entries["map"][1], f"'map' of {what}") if "map" in entries else None
    if "otherwise" in entries and entries.lacks("map"):
        reader.error(
            "missing-key",
            entries["otherwise"][0],
            f"'otherwise' of {what} needs 'map'",
            "add 'map', or remove 'otherwise'",
        )
    convert = reader.word(entries["as"][1], f"'as' of {what}", Conversion) if "as" in entries else None
    if origin is None or entries.foreign:
        return None  # the unknown key may be a misspelt step of the value
    return ValueRule(
        origin,
        extract=extract,
        map=mapped,
        otherwise=_read_number(reader, entries, "otherwise", what),
        convert=convert,
        default=_read_number(reader, entries, "default", what),
        times=_read_times(reader, entries["times"][1], f"'times' of {what}", depth) if "times" in entries else (),
    )


def _read_times(reader: MappingReader, node: Node, what: str, depth: int) -> tuple[Path, ...]:
    """Read the path of a factor, or a list of them."""
    if isinstance(node, ListNode):
        if len(node.items) > MAX_FACTORS:
            reader.error("wrong-value", node, f"{what} has {len(node.items)} paths; at most {MAX_FACTORS} are allowed")
            return ()
        return read_paths(reader, node, what, depth=depth)
    if is_number(node):
        reader.error("wrong-type", node, f"{what} must be a path, not a number", "for a constant factor, use 'scale'")
        return ()
    path = read_path(reader, node, what, depth=depth)
    return () if path is None else (path,)


def _read_origin(reader: MappingReader, node: MapNode, what: str, entries: Entries, depth: int) -> ValueOrigin | None:
    """Read the only origin of a value: `path`, `first_of` or `const`."""
    given = [name for name in entries if name in _ORIGINS]
    if not given:
        reader.error("missing-key", node, f"{what} needs one of: {', '.join(_ORIGINS)}")
        return None
    first, *others = given
    for name in others:
        reader.exclude(entries, first, name, f"{what} has both {first!r} and {name!r}")
    key = _ORIGINS[first]
    match key:
        case ValueOriginKey.PATH | ValueOriginKey.FIRST_OF:
            return read_origin_paths(reader, entries, what, depth)
        case ValueOriginKey.CONST:
            number = _read_number(reader, entries, "const", what)
            return None if number is None else Constant(number)
        case _:
            assert_never(key)


def _read_map(reader: MappingReader, node: Node, what: str) -> tuple[tuple[str, float], ...]:
    """Read a map from label text to numbers; keys are text as written."""
    pairs = reader.pairs(node, what) or ()
    for key, _ in pairs:
        refuse_reference(reader, key, f"a key of {what}", "write the text itself")
    read = [(key.text, reader.number(value, f"{key.text!r} of {what}")) for key, value in pairs]
    return tuple((text, number) for text, number in read if number is not None)


def _read_number(reader: MappingReader, entries: Entries, name: str, what: str) -> float | None:
    return reader.number(entries[name][1], f"{name!r} of {what}") if name in entries else None
