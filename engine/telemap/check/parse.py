"""Read `parse`, which turns text into fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.paths import read_path
from telemap.check.regexes import read_regex
from telemap.document.nodes import MapNode, Node
from telemap.keys import tables as keys
from telemap.model import Parse, Parser
from telemap.path.parse import parse_path

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader
    from telemap.path import Path
    from telemap.reading.entries import Entries

_NAMED = [parser.value for parser in Parser if not parser.row.takes_pattern]

_WORDS = ", ".join(_NAMED)


def read_parse(reader: MappingReader, node: Node, what: str) -> Parse | None:
    """Read `json`, `logfmt`, `{as: ..., of: ...}` or `{regex: ..., of: ...}`."""
    record = parse_path("$.record")
    if not isinstance(node, MapNode):
        chosen = reader.choice(node, what, _NAMED, f"one of: {_WORDS}, {{regex: ...}}", wanted=f"{_WORDS} or a map")
        return Parse(Parser(chosen), record) if chosen else None
    entries = reader.entries(node, what, keys.PARSE, keys.PARSE_ELSEWHERE)
    if entries is None:
        return None
    path = read_path(reader, entries["of"][1], f"'of' of {what}", depth=0) if "of" in entries else record
    if path is not None and path.searches:
        hint = "use 'regex' instead, which is stopped when it is slow"
        reader.error("path-syntax", entries["of"][1], f"'of' of {what} cannot search with a regex", hint)
    if "as" in entries and "regex" in entries:
        reader.exclude(entries, "as", "regex", f"{what} has both 'as' and 'regex'")
    if "regex" in entries:
        return _read_regex(reader, what, entries, path)
    if "as" not in entries:
        if not entries.foreign:
            reader.error("missing-key", node, f"{what} needs 'as' or 'regex'")
        return None
    chosen = reader.choice(entries["as"][1], f"'as' of {what}", _NAMED)
    return Parse(Parser(chosen), path) if chosen and path else None


def _read_regex(reader: MappingReader, what: str, entries: Entries, path: Path | None) -> Parse | None:
    node = entries["regex"][1]
    compiled = read_regex(reader, node, f"'regex' of {what}")
    if compiled is None:
        return None
    if not compiled.groupindex:
        reader.error("regex-groups", node, f"'regex' of {what} has no named group", "put each field in (?P<name>...)")
        return None
    return Parse(Parser.REGEX, path, compiled.pattern) if path else None
