"""Read values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check import keys
from telemap.check.origins import read_origin_paths
from telemap.check.paths import read_path
from telemap.check.references import refuse_reference
from telemap.check.regexes import read_extract
from telemap.document.nodes import MapNode, Node, ScalarNode
from telemap.model import Constant, Conversion, FirstOf, ValueRule
from telemap.path.parse import looks_like_path
from telemap.reading.scalars import is_number, kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.model import ValueOrigin
    from telemap.reading.entries import Entries
    from telemap.reading.node_reader import Findings


def read_value(findings: Findings, node: Node, what: str, *, depth: int) -> ValueRule | None:
    """Read a value: a number, a path, or the long form."""
    if isinstance(node, MapNode):
        return _read_long(findings, node, what, depth)
    if is_number(node):
        number = findings.number(node, what)
        return None if number is None else ValueRule(Constant(number))
    if isinstance(node, ScalarNode) and looks_like_path(node.text):
        path = read_path(findings, node, what, depth=depth)
        return None if path is None else ValueRule(FirstOf((path,)))
    message = f"{what} must be a number or a path, this is {kind(node)}"
    findings.error("wrong-type", node, message, "a path begins with '$.'")
    return None


def known_numbers(value: ValueRule, node: Node | None) -> Iterator[tuple[float, Node]]:
    """Give the numbers of a value that can become samples as they are, each with its place.

    Args:
        value: what was read.
        node: what it was read from, or what else stands for it; None where nothing does.
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
    if isinstance(value.origin, Constant) and value.is_plain:
        yield value.origin.number, given.get("const", node)


def _read_long(findings: Findings, node: MapNode, what: str, depth: int) -> ValueRule | None:
    entries = findings.entries(node, what, keys.VALUE)
    if entries is None or (entries.foreign and not keys.VALUE_ORIGIN & entries.keys()):
        return None  # the origin is most likely what the unknown key was meant to be
    origin = _read_origin(findings, node, what, entries, depth)
    extract = read_extract(findings, entries["extract"][1], f"'extract' of {what}") if "extract" in entries else None
    mapped = _read_map(findings, entries["map"][1], f"'map' of {what}") if "map" in entries else None
    if "otherwise" in entries and entries.lacks("map"):
        findings.error("missing-key", entries["otherwise"][0], f"'otherwise' of {what} needs 'map'")
    convert = findings.word(entries["as"][1], f"'as' of {what}", Conversion) if "as" in entries else None
    if origin is None or entries.foreign:
        return None  # a step of the value may be what the unknown key was meant to be
    return ValueRule(
        origin,
        extract=extract,
        map=mapped,
        otherwise=_read_number(findings, entries, "otherwise", what),
        convert=convert,
        default=_read_number(findings, entries, "default", what),
    )


def _read_origin(findings: Findings, node: MapNode, what: str, entries: Entries, depth: int) -> ValueOrigin | None:
    """Read where the value comes from: exactly one of `path`, `first_of`, `const`."""
    given = [name for name in entries if name in keys.VALUE_ORIGIN]
    if not given:
        findings.error("missing-key", node, f"{what} needs one of: path, first_of, const")
        return None
    for name in given[1:]:
        findings.exclude(entries, given[0], name, f"{what} has both {given[0]!r} and {name!r}")
    if given[0] == "const":
        number = _read_number(findings, entries, "const", what)
        return None if number is None else Constant(number)
    return read_origin_paths(findings, entries, what, depth)


def _read_map(findings: Findings, node: Node, what: str) -> tuple[tuple[str, float], ...]:
    """Read label text to number; keys are text as written."""
    pairs = findings.pairs(node, what) or ()
    for key, _ in pairs:
        refuse_reference(findings, key, f"a key of {what}", "write the text itself")
    read = [(key.text, findings.number(value, f"{key.text!r} of {what}")) for key, value in pairs]
    return tuple((text, number) for text, number in read if number is not None)


def _read_number(findings: Findings, entries: Entries, name: str, what: str) -> float | None:
    return findings.number(entries[name][1], f"{name!r} of {what}") if name in entries else None
