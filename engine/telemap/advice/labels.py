"""Warn of labels that are also in the grouping key, or text instead of a path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.check.paths import ANY_DEPTH, below_item
from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.events.event_shape import has_field
from telemap.keys import tables as keys
from telemap.keys.tables import Holds
from telemap.model import LiteralText, Parser
from telemap.path.parse import looks_like_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.check.drafts import DraftSource
    from telemap.check.mapping_reader import MappingReader
    from telemap.model import LabelRule

_GROUPING = ("job", "instance")

_ROOTS = re.compile(r"(?:record|time|type)(?:[.\[]|$)")
"""Text that is probably a path without its `$.`."""

_LOST_ROOT = re.compile(r"record[.\[][\w'\"]|[$@](?:\.|[A-Za-z_]\w*(?:\.\w|\[))|\$\[")
"""Text that is very probably a path, in any place."""

_BELOW_ITEM = re.compile(r"\._\w")
"""Text that looks like a name below `each`: only a letter may follow the `.` of a path."""

_SHELL = re.compile(r"\$[A-Z_][A-Z0-9_]*")
"""An environment variable in shell syntax."""

_FOREIGN = frozenset("{[$\\")
"""Characters of which one is in each path of another tool."""

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^]]+\])+")


_PATHS_AND_TEXTS, _TEXT, _TEXTS, _TEXT_BY_TEXT = map(
    keys.holding, (Holds.PATHS_AND_TEXTS, Holds.TEXT, Holds.TEXTS, Holds.TEXT_BY_TEXT)
)


def advise_grouping(reader: MappingReader, key: ScalarNode, rule: LabelRule | None) -> None:
    """Warn of a label that is also in the grouping key of pushes."""
    is_instance = rule is not None and isinstance(rule.origin, LiteralText) and rule.origin.is_instance
    if key.text in _GROUPING and not (key.text == "instance" and is_instance):
        message = f"label {key.text!r} is also in the grouping key of pushes"
        reader.warning("label-grouping", key, message, "choose another name")


def advise_literals(
    reader: MappingReader, key: ScalarNode, node: Node, draft: DraftSource, types: tuple[str, ...]
) -> None:
    """Warn of label text that looks like a path without `$.`; `const` marks literal text.

    Args:
        reader: collects the warnings.
        key: the label's name.
        node: the label as written.
        draft: the rule.
        types: the Telemetry API's event types that the rule reads.
    """
    types = () if draft.has_parse else types
    if isinstance(node, ScalarNode):
        _advise_text(reader, key, node, draft, types)
    elif isinstance(node, MapNode):
        for scalar in _literals(node):
            _advise_shell(reader, scalar)
            path = _meant_path(scalar.text, types, in_each=draft.depth > 0)
            if not _advise_foreign(reader, scalar, draft) and path:
                _warn(reader, scalar, path)
        for scalar in _never_paths(node):
            if scalar.text.startswith(("$.", "$[")) and scalar.span not in reader.broken:
                hint = "a path is only read under 'path', 'first_of' or 'concat'"
                reader.warning("literal-path", scalar, f"{scalar.text!r} is literal text here", hint)


def _advise_text(
    reader: MappingReader, key: ScalarNode, node: ScalarNode, draft: DraftSource, types: tuple[str, ...]
) -> None:
    """Warn of the short form of a label that is text."""
    text = node.text
    _advise_shell(reader, node)
    if _advise_foreign(reader, node, draft):
        return
    path = _meant_path(text, types, in_each=draft.depth > 0) or (f"$.{text}" if _ROOTS.match(text) else None)
    if path is None and text == key.text and has_field(f"$.record.{text}", types):
        path = f"$.record.{text}"
    if path:
        _warn(reader, node, path)


def _advise_shell(reader: MappingReader, node: ScalarNode) -> None:
    """Warn of an environment variable in shell syntax."""
    if _SHELL.fullmatch(node.text) and node.span not in reader.broken:
        hint = f"for an environment variable, write '${{env:{node.text[1:]}}}'"
        reader.warning("literal-path", node, f"{node.text!r} is literal text", hint)


def _advise_foreign(reader: MappingReader, node: ScalarNode, draft: DraftSource) -> bool:
    """Warn of a path in the syntax of another tool, and return whether there is one."""
    text = node.text
    if _FOREIGN.isdisjoint(text) or "${" in text or looks_like_path(text) or node.span in reader.broken:
        return False
    from telemap.foreign.paths import path_in_text  # noqa: PLC0415 - few labels have such characters

    found = path_in_text(node.text, in_each=0 < draft.depth < ANY_DEPTH)
    if found is None:
        return False
    part, path = found
    if path is None:
        hint = _group_hint(reader, part, draft)
    elif part == node.text:
        hint = f"for a path, write {path!r}"
    else:
        before, _, after = node.text.partition(part)
        parts = [repr(one) for one in (before, path, after) if one]
        hint = f"to put a path into text, write {{concat: [{', '.join(parts)}]}}"
    reader.warning("literal-path", node, f"{node.text!r} is literal text", hint)
    return True


def _group_hint(reader: MappingReader, reference: str, draft: DraftSource) -> str:
    """Return how to read a group of a regex."""
    from telemap.foreign.paths import group_number  # noqa: PLC0415 - only when something is wrong

    parse = draft.parse
    if parse is None or parse.parser is not Parser.REGEX:
        return "for a part of the text, name it in 'parse: {regex: ...}', as (?P<name>...), and write '$.record.name'"
    names = {number: name for name, number in reader.totals.regex(parse.regex).compiled.groupindex.items()}
    name = names.get(group_number(reference))
    return f"for a group of 'parse', write '$.record.{name or 'NAME'}'" + ("" if name else ", with its name")


def _warn(reader: MappingReader, node: ScalarNode, path: str) -> None:
    if node.span not in reader.broken:
        reader.warning("literal-path", node, f"{node.text!r} is literal text", f"for a path, write {path!r}")


def _meant_path(text: str, types: tuple[str, ...], *, in_each: bool) -> str | None:
    """Return the path that the text probably stands for."""
    if looks_like_path(text) or "${" in text:
        return None
    if _BELOW_ITEM.match(text):
        return below_item(text) if in_each else f"$.record{text}"
    if _LOST_ROOT.match(text):
        bare = text.lstrip("$@").removeprefix(".")
        return f"$.{bare}" if bare.startswith("record") else f"$.record.{bare}"
    if _DOTTED.fullmatch(text) and has_field(f"$.record.{text}", types):
        return f"$.record.{text}"
    return None


def _literals(node: MapNode) -> Iterator[ScalarNode]:
    """Return the texts of a long form that could be meant as paths."""
    for key, value in node.entries:
        if key.text in _PATHS_AND_TEXTS and isinstance(value, ListNode):
            yield from (item for item in value.items if isinstance(item, ScalarNode))
    yield from _never_paths(node)


def _never_paths(node: MapNode) -> Iterator[ScalarNode]:
    """Return the texts of a long form that are always literal."""
    for key, value in node.entries:
        inner: tuple[Node, ...] = ()
        if key.text in _TEXT:
            inner = (value,)
        elif key.text in _TEXTS and isinstance(value, ListNode):
            inner = value.items
        elif key.text in _TEXT_BY_TEXT and isinstance(value, MapNode):
            inner = tuple(one for entry in value.entries for one in entry)
        yield from (one for one in inner if isinstance(one, ScalarNode))
