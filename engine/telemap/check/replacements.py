"""Read `replace`, which replaces parts of a label's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.references import refuse_reference
from telemap.check.regexes import read_regex
from telemap.document.nodes import ListNode, Node, ScalarNode
from telemap.keys import tables as keys
from telemap.replacements import TemplateError, read_template

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader

_AS_WRITTEN = "write the text itself"


def read_replace(reader: MappingReader, node: Node, what: str) -> tuple[tuple[str, str], ...]:
    """Read `{regex: R, with: T}`, or a list of these."""
    items = (reader.items(node, what) or ()) if isinstance(node, ListNode) else (node,)
    name = what if len(items) < 2 else f"an item of {what}"
    read = [_read_one(reader, item, name) for item in items]
    return tuple(one for one in read if one is not None)


def _read_one(reader: MappingReader, node: Node, what: str) -> tuple[str, str] | None:
    entries = reader.entries(node, what, keys.REPLACE)
    if entries is None:
        return None
    for key in sorted(keys.REPLACE):
        if entries.lacks(key):
            reader.error("missing-key", node, f"{what} needs {key!r}", "write '{regex: ..., with: ...}'")
    pattern = read_regex(reader, entries["regex"][1], f"'regex' of {what}") if "regex" in entries else None
    template = None
    if "with" in entries:
        given = entries["with"][1]
        template = reader.text(given, f"'with' of {what}", empty=True)
        if template is not None and isinstance(given, ScalarNode):
            refuse_reference(reader, given, f"'with' of {what}", _AS_WRITTEN)
    if pattern is None or template is None:
        return None
    try:
        read_template(template, pattern)
    except TemplateError as error:
        hint = "a group is written '\\1' or '\\g<name>'"
        reader.error("regex-groups", entries["with"][1], f"'with' of {what} {error}", hint)
        return None
    return pattern.pattern, template
