"""Hold event types and paths to what the Telemetry API sends: `schema/telemetry-event.schema.json`."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from telemap.check.findings import nearest
from telemap.event_types import EVENT_TYPES
from telemap.patterns import is_pattern, matches
from telemap.resources import resource

if TYPE_CHECKING:
    from telemap.check.findings import Findings
    from telemap.document.nodes import Node, ScalarNode

_SCHEMA = "telemetry-event.schema.json"

_SCALARS = {"string", "number", "integer", "boolean"}

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
    misses = [miss for event_type in types if (miss := _miss(text, event_type, parsed=parsed)) is not None]
    if not misses or len(misses) < len(types):
        return
    # The types that have most of the path are those that were meant.
    nearly = [miss for miss in misses if miss.position == max(miss.position for miss in misses)]
    name = nearly[0].name
    known = sorted({word for miss in nearly for word in miss.known})
    hint = nearest(name, known) or (f"there are: {', '.join(known)}" if known else None)
    message = f"path {node.text!r}: a {types[0]!r} event has no {name!r} there"
    if len(types) > 1:
        message = f"path {node.text!r}: no event type of the source has {name!r} there"
    findings.warning("path-unknown", node, message, hint)


class _Miss(NamedTuple):
    """Where a path leaves what an event type has: after so many characters, at which name, and what is there."""

    position: int
    name: str
    known: list[str]


def _miss(text: str, event_type: str, *, parsed: bool) -> _Miss | None:
    """Find the first name of a path that an event type does not have."""
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
            # A text or a number has no fields; all else is the application's own, or left open by the schema.
            return _Miss(position, name, []) if str(shape.get("type")) in _SCALARS else None
        if name not in shape["properties"]:
            return _Miss(position, name, sorted(shape["properties"]))
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
