"""Hold event types and paths to what the Telemetry API sends: `schema/telemetry-event.schema.json`."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from telemap.event_types import EVENT_TYPES
from telemap.events.path_steps import path_steps
from telemap.patterns import is_pattern, matches
from telemap.reading.entries import nearest
from telemap.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.document.nodes import Node, ScalarNode
    from telemap.path import Step
    from telemap.reading.node_reader import NodeReader

_SCHEMA = "telemetry-event.schema.json"

_SCALARS = {"string", "number", "integer", "boolean"}


def advise_pattern(reader: NodeReader, node: Node, pattern: str) -> None:
    """Warn of an event type that the Telemetry API does not have."""
    if any(matches(pattern, known) for known in EVENT_TYPES):
        return
    verb = "does not match any" if is_pattern(pattern) else "is not an"
    hint = nearest(pattern, sorted(EVENT_TYPES)) or f"one of: {', '.join(sorted(EVENT_TYPES))}"
    reader.warning("event-type", node, f"{pattern!r} {verb} event type of the Telemetry API", hint)


class Parsed(NamedTuple):
    """A record that was parsed: the fields that it can have, or None when these are not known."""

    fields: frozenset[str] | None = None

    @property
    def shape(self) -> dict[str, Any]:
        """Return the record's shape."""
        return {} if self.fields is None else {"properties": {name: {"type": "string"} for name in self.fields}}


def advise_path(
    reader: NodeReader, node: ScalarNode, text: str, patterns: tuple[str, ...], parsed: Parsed | None
) -> bool:
    """Warn of a path that no event type of a source has, with the nearest name that there is; tell whether it is so.

    Args:
        reader: where the warning goes.
        node: where the path is written.
        text: the path, from the event on.
        patterns: of the source: which event types count.
        parsed: what `$.record` is, where the source parses text.
    """
    types = _types(patterns)
    misses = [miss for event_type in types if (miss := _miss(text, event_type, parsed)) is not None]
    if not misses or len(misses) < len(types):
        return False
    # The types that have most of the path are those that were meant.
    nearly = [miss for miss in misses if miss.position == max(miss.position for miss in misses)]
    name = nearly[0].name
    known = sorted({word for miss in nearly for word in miss.known})
    hint = nearest(name, known) or (f"one of: {', '.join(known)}" if known else None)
    message = f"path {node.text!r}: {types[0]!r} events have no {name!r} there"
    if len(types) > 1:
        message = f"path {node.text!r}: no event type of this rule has {name!r} there"
    if parsed is not None and next(path_steps(text)).name == "record":
        lacks = f"the regex of 'parse' has no group {name!r}" if known else f"a group is text, and has no {name!r}"
        message = f"path {node.text!r}: {lacks}"
    reader.warning("path-unknown", node, message, hint)
    return True


def has_field(text: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a path, from the event on, is one that the schema has for an event type that a source reads."""
    return any(_is_known(text, _shapes()[event_type]) for event_type in _types(patterns))


def is_always_there(steps: tuple[Step, ...], patterns: tuple[str, ...]) -> bool:
    """Return whether each event of a source has a field, by the schema."""
    types = _types(patterns)
    return bool(types) and all(_is_required(steps, _shapes()[event_type]) for event_type in types)


def _types(patterns: tuple[str, ...]) -> list[str]:
    return [known for known in sorted(EVENT_TYPES) if any(matches(pattern, known) for pattern in patterns)]


def _is_known(text: str, shape: dict[str, Any]) -> bool:
    end = 1
    below: dict[str, Any] | None = shape
    for step in path_steps(text):
        if below is None or step.deep:
            return False
        below = below.get("properties", {}).get(step.name) if step.name else below.get("items")
        end = step.end
    return below is not None and end == len(text)


def _is_required(steps: tuple[Step, ...], shape: dict[str, Any]) -> bool:
    for step in steps:
        if step not in shape.get("required", ()):
            return False
        shape = shape["properties"][step]
    return True


class _Miss(NamedTuple):
    """Where a path leaves what an event type has: after so many characters, at which name, and what is there."""

    position: int
    name: str
    known: list[str]


def _miss(text: str, event_type: str, parsed: Parsed | None) -> _Miss | None:
    """Find the first name of a path that an event type does not have."""
    shape = _shapes()[event_type]
    if parsed is not None:
        shape = shape | {"properties": shape["properties"] | {"record": parsed.shape}}
    return _miss_below(text, 1, shape)


def _miss_below(text: str, start: int, shape: dict[str, Any]) -> _Miss | None:
    for step in path_steps(text, start):
        if not step.name:
            shape = shape.get("items", {})
            found = (_miss_below(tested, 0, shape) for tested in step.tested)
            miss = next((one for one in found if one is not None), None)
            if miss is not None:
                return miss._replace(position=step.end)
        elif step.deep:
            names = _names_below(shape)
            is_open = None in names
            return None if is_open or step.name in names else _Miss(step.end, step.name, sorted(filter(None, names)))
        elif "properties" not in shape:
            # A text or a number has no fields; all else is the application's own, or left open by the schema.
            return _Miss(step.end, step.name, []) if _is_scalar(shape) else None
        elif step.name not in shape["properties"]:
            return _Miss(step.end, step.name, sorted(shape["properties"]))
        else:
            shape = shape["properties"][step.name]
    return None


def _names_below(shape: dict[str, Any]) -> set[str | None]:
    """Return all names anywhere below; None among them when the schema leaves something open."""
    return set(_walk_names(shape))


def _walk_names(shape: dict[str, Any]) -> Iterator[str | None]:
    if "properties" in shape:
        for name, inner in shape["properties"].items():
            yield name
            yield from _walk_names(inner)
    elif "items" in shape:
        yield from _walk_names(shape["items"])
    elif not _is_scalar(shape):
        yield None


def _is_scalar(shape: dict[str, Any]) -> bool:
    kinds = shape.get("type", ())
    return {kinds} <= _SCALARS if isinstance(kinds, str) else bool(kinds) and set(kinds) <= _SCALARS


@cache
def _shapes() -> dict[str, dict[str, Any]]:
    """Return the shape of each event type's event, references resolved."""
    schema = json.loads(resource("schema", _SCHEMA).read_text(encoding="utf-8"))
    shared = schema["properties"] | {"type": {"type": "string"}}
    return {
        one["title"]: {
            "required": schema["required"],
            "properties": shared | {"record": _resolve(one["properties"]["record"], schema["$defs"])},
        }
        for one in schema["oneOf"]
    }


def _resolve(shape: Any, definitions: dict[str, Any]) -> Any:
    if not isinstance(shape, dict):
        return shape
    if "$ref" in shape:
        return _resolve(definitions[shape["$ref"].rpartition("/")[2]], definitions)
    return {key: _resolve(value, definitions) for key, value in shape.items()}
