"""Warn of paths that a rule's events do not have, and of slow regexes in paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from telemap.check.paths import ANY_DEPTH
from telemap.check.regexes import advise_regex
from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.events.event_shape import Parsed, advise_path
from telemap.events.path_steps import path_steps
from telemap.keys import tables as keys
from telemap.keys.tables import Holds
from telemap.model import Connective, Operator, Parser
from telemap.path import PathFault
from telemap.path.parse import Wanted, looks_like_path, parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.check.drafts import DraftSource, LabelNodes
    from telemap.check.mapping_reader import MappingReader

_FROM_EVENT = ("$.", "$[")

_PARENTS = re.compile(r"\$parent(?:\.\$parent)*(?=[.\[](?!\$))")
"""The start of a path below the item of an outer step of `each`."""

_ONE_PATH = keys.holding(Holds.PATH, Holds.PATH_OR_PATHS)
_PATHS = keys.holding(Holds.PATHS, Holds.PATHS_AND_TEXTS, Holds.PATH_OR_PATHS)
_TESTS = frozenset(connective.value for connective in Connective)
_OPERANDS = frozenset(operator.value for operator in Operator) - _ONE_PATH
"""Keys whose text is literal, while `{path: ...}` is a path."""


_EMF: dict[str, dict[str, Any]] = {
    "namespace": {"type": "string"},
    "dimensions": {},
    "metrics": {
        "items": {
            "properties": {
                "name": {"type": "string"},
                "value": {"type": "number"},
                "unit": {"type": "string"},
                "raw_value": {"type": "number"},
                "raw_unit": {"type": "string"},
            }
        }
    },
    "properties": {},
}
"""The schemas of the fields that `parse: emf` makes."""


def advise_paths(reader: MappingReader, draft: DraftSource, labels: LabelNodes, types: tuple[str, ...]) -> None:
    """Warn of the paths of a rule, including its labels."""
    text_path = draft.parse_path
    if text_path is not None and text_path.span not in reader.broken:
        _advise(reader, text_path, text_path.text, types)
    parsed = _parsed(reader, draft)
    steps: list[str] = []
    for node in draft.each_nodes:
        text = ""
        if isinstance(node, ScalarNode) and node.span not in reader.broken:
            text = _from_event(node.text, steps)
        if isinstance(node, ScalarNode) and _advise(reader, node, text, types, parsed):
            text = ""  # one warning is enough: nothing below exists, either
        steps.append(text)
    own = draft.labels or {}
    read = [(node, parsed) for node in draft.nodes]
    # An inherited label may read fields that only another rule parses.
    inherited = parsed and Parsed()
    read += [(node, parsed if name in own else inherited) for name, (_, node) in labels.items()]
    for node, record in read:
        for scalar in _scalars(node):
            if looks_like_path(scalar.text) and scalar.span not in reader.broken:
                _advise(reader, scalar, _from_event(scalar.text, steps), types, record)


def advise_test_paths(reader: MappingReader, node: Node, types: tuple[str, ...]) -> None:
    """Warn of the paths in the conditions of a rule of `drop`."""
    for scalar in _scalars(node):
        if scalar.text.startswith(_FROM_EVENT) and scalar.span not in reader.broken:
            _advise(reader, scalar, scalar.text, types)


def _parsed(reader: MappingReader, draft: DraftSource) -> Parsed | None:
    """Return what is known of a parsed record, such as the groups of a regex; None if it is not parsed."""
    if draft.parse is not None and draft.parse.parser is Parser.REGEX:
        groups = reader.totals.regex(draft.parse.regex).compiled.groupindex
        return Parsed({name: {"type": "string"} for name in groups}, Parser.REGEX.value)
    if draft.parse is not None and draft.parse.parser is Parser.EMF:
        return Parsed(_EMF, Parser.EMF.value)
    return Parsed() if draft.has_parse else None


def _advise(
    reader: MappingReader, node: ScalarNode, text: str, types: tuple[str, ...], parsed: Parsed | None = None
) -> bool:
    """Warn of one path, and return whether no event has it.

    Args:
        reader: collects the warnings.
        node: the node of the path.
        text: the path from the event; empty if unknown.
        types: the Telemetry API's event types that the rule reads.
        parsed: the parsed record, if the rule parses text.
    """
    if "=~" in node.text or "sub(" in node.text:
        _advise_searches(reader, node)
    if not text.startswith(_FROM_EVENT) or _is_declared(reader, text):
        return False
    return advise_path(reader, node, text, types, parsed)


def _is_declared(reader: MappingReader, text: str) -> bool:
    """Return whether `new_fields` has a path, or one above it."""
    names = _names_of(text) if reader.new_fields else ()
    declared = (_names_of(field) for field in reader.new_fields)
    return any(names[: len(field)] == field for field in declared)


def _names_of(text: str) -> tuple[str, ...]:
    """Return the names of the steps of a path from the event; empty for items and indexes."""
    return tuple(step.name for step in path_steps(text))


def _advise_searches(reader: MappingReader, node: ScalarNode) -> None:
    """Warn of slow regexes in filters and substitutions."""
    from telemap.path.jsonpath import regexes  # noqa: PLC0415 - takes 25 ms, and was needed to read this path

    try:
        query = parse_path(node.text, depth=ANY_DEPTH, wanted=Wanted.ANY, examining=reader.totals.examine).query
        found = regexes(query)
    except PathFault:
        return  # has an error, or belongs to a key with one
    for regex in found:
        advise_regex(reader, node, f"a regex of path {node.text!r}", regex)


def _scalars(node: Node) -> Iterator[ScalarNode]:
    """Return the scalars that may be paths, without literal text and operands."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _scalars(item)
    else:
        for key, value in node.entries:
            yield from _under(key.text, value)


def _under(key: str, value: Node) -> Iterator[ScalarNode]:
    """Return the scalars of one key that may be paths."""
    if (key in _ONE_PATH and isinstance(value, ScalarNode)) or (
        (key in _PATHS or key in _TESTS) and not isinstance(value, ScalarNode)
    ):
        yield from _scalars(value)
    elif key in _OPERANDS:
        for item in value.items if isinstance(value, ListNode) else (value,):
            if isinstance(item, MapNode):
                yield from _scalars(item)


def _from_event(text: str, steps: list[str]) -> str:
    """Return a path below `each` as a path from the event; empty if there is none."""
    if text.startswith(_FROM_EVENT):
        return text
    if text.startswith(".") and steps:
        return _below(steps[-1], text)
    if match := _PARENTS.match(text):
        up = match[0].count("$parent")
        return _below(steps[-1 - up], text[match.end() :]) if up < len(steps) else ""
    return ""


def _below(step: str, text: str) -> str:
    """Append a path to that of its item; `.` is the item itself, `.[` a member."""
    return step and step + (text[1:] if text == "." or text.startswith(".[") else text)
