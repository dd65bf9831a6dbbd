"""Hold event types and paths to what the Telemetry API sends: `schema/telemetry-event.schema.json`."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from telemap.check.findings import nearest
from telemap.event_types import EVENT_TYPES
from telemap.patterns import is_pattern, matches
from telemap.resources import resource

if TYPE_CHECKING:
    from telemap.check.findings import Findings
    from telemap.document.nodes import Node, ScalarNode

_SCHEMA = "telemetry-event.schema.json"

_TOKEN = re.compile(
    r"""
      \. (?P<bare> [A-Za-z_][\w-]* )
    | \[ ['"] (?P<quoted> [^'"]+ ) ['"] \]
    | \[ (?: -?\d+ | \* | \? [^\]]* ) \]
    | \. \*
    """,
    re.VERBOSE,
)
"""A step of a path: a name, or a member of an array."""


def advise_pattern(findings: Findings, node: Node, pattern: str) -> None:
    """Warn of an event type that the Telemetry API does not have."""
    if any(matches(pattern, known) for known in EVENT_TYPES):
        return
    verb = "matches" if is_pattern(pattern) else "is"
    hint = nearest(pattern, sorted(EVENT_TYPES)) or f"there are: {', '.join(sorted(EVENT_TYPES))}"
    findings.warning("event-type", node, f"{pattern!r} {verb} no event type of the Telemetry API", hint)


def advise_path(findings: Findings, node: ScalarNode, text: str, patterns: tuple[str, ...], *, parsed: bool) -> None:
    """Warn of a path that no event type of a source has, with the nearest name that there is.

    Args:
        findings: where the warning goes.
        node: where the path is written.
        text: the path, from the event on.
        patterns: of the source: which event types count.
        parsed: whether `$.record` is what the source parses, and so unknown.
    """
    types = [known for known in sorted(EVENT_TYPES) if any(matches(pattern, known) for pattern in patterns)]
    misses = [_miss(text, event_type, parsed=parsed) for event_type in types]
    if not misses or None in misses:
        return
    name, known = next(miss for miss in misses if miss is not None)
    hint = nearest(name, known) or (f"there are: {', '.join(known)}" if known else None)
    message = f"path {node.text!r}: a {types[0]!r} event has no {name!r} there"
    if len(types) > 1:
        message = f"path {node.text!r}: no event type of the source has {name!r} there"
    findings.warning("path-unknown", node, message, hint)


def _miss(text: str, event_type: str, *, parsed: bool) -> tuple[str, list[str]] | None:
    """Give the first name of a path that an event type does not have, and the names that are there instead."""
    shape = _shapes()[event_type]
    position = 1
    first = True
    while position < len(text) and (match := _TOKEN.match(text, position)):
        position = match.end()
        name = match["bare"] or match["quoted"]
        if name is None:
            shape = shape.get("items", {})
            continue
        if "properties" not in shape:
            return None  # the application's own fields, or something that the schema leaves open
        if name not in shape["properties"]:
            return name, sorted(shape["properties"])
        if first and parsed and name == "record":
            return None
        first = False
        shape = shape["properties"][name]
    return None


@cache
def _shapes() -> dict[str, dict[str, Any]]:
    """Give the shape of each event type's event, references resolved."""
    schema = json.loads(resource("schema", _SCHEMA).read_text(encoding="utf-8"))
    shared = schema["properties"]
    return {
        one["title"]: {"properties": shared | {"record": _resolve(one["properties"]["record"], schema["$defs"])}}
        for one in schema["oneOf"]
    }


def _resolve(shape: Any, definitions: dict[str, Any]) -> Any:
    if not isinstance(shape, dict):
        return shape
    if "$ref" in shape:
        return _resolve(definitions[shape["$ref"].rpartition("/")[2]], definitions)
    return {key: _resolve(value, definitions) for key, value in shape.items()}
