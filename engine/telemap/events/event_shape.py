"""Compare event types and paths with the Telemetry API's events, by `schema/telemetry-event.schema.json`."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from telemap.event_types import EVENT_TYPES
from telemap.events.path_steps import PathStep, path_steps
from telemap.patterns import is_pattern, matches_any
from telemap.resources import resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from telemap.document.nodes import Node, ScalarNode
    from telemap.path import Step
    from telemap.reading.node_reader import NodeReader

_SCHEMA = "telemetry-event.schema.json"

_SCALARS = {"string", "number", "integer", "boolean"}


def advise_pattern(reader: NodeReader, node: Node, pattern: str) -> None:
    """Warn of an event type that the Telemetry API does not have."""
    if event_types_of((pattern,)):
        return
    verb = "does not match any" if is_pattern(pattern) else "is not an"
    hint = reader.suggestions.nearest_or_all(pattern, EVENT_TYPES)
    reader.warning("event-type", node, f"{pattern!r} {verb} event type of the Telemetry API", hint)


def event_types_of(patterns: Collection[str]) -> tuple[str, ...]:
    """Return the event types of the Telemetry API that match any of the patterns."""
    wild = {pattern for pattern in patterns if is_pattern(pattern)}
    fitting = (known for known in EVENT_TYPES if matches_any(wild, known)) if wild else ()
    return tuple(sorted(EVENT_TYPES.intersection(patterns).union(fitting)))


class Parsed:
    """A parsed record.

    Args:
        fields: the schemas of its possible fields; None if they are unknown.

    Attributes:
        shape: the shape of an event with such a record, of any type.
        parser: the parser that makes it, for messages.
    """

    def __init__(self, fields: Mapping[str, dict[str, Any]] | None = None, parser: str = "") -> None:
        record = {} if fields is None else {"properties": dict(fields)}
        self.parser = parser
        self.shape: dict[str, Any] = {"properties": {**_schema()["properties"], "record": record}}


def advise_path(reader: NodeReader, node: ScalarNode, text: str, types: tuple[str, ...], parsed: Parsed | None) -> bool:
    """Warn of a path that no event type of a rule has, and suggest the nearest name; return whether it warned.

    Args:
        reader: collects the warnings.
        node: the node of the path.
        text: the path from the event.
        types: the Telemetry API's event types that the rule reads.
        parsed: the parsed record, if the rule parses text.
    """
    shapes = [_shapes()[event_type] for event_type in types]
    if parsed is not None:
        shapes = [parsed.shape][: len(types)]
    steps = tuple(path_steps(text))
    misses = [miss for shape in shapes if (miss := _miss(steps, shape)) is not None]
    if not misses or len(misses) < len(shapes):
        return False
    # The path is probably meant for the types that have most of it.
    most = max(miss.position for miss in misses)
    nearly = [miss for miss in misses if miss.position == most]
    name = nearly[0].name
    known = nearly[0].known if len(nearly) == 1 else {word for miss in nearly for word in miss.known}
    in_record = f"$.record{text[1:]}"
    hint = f"did you mean {in_record!r}?" if has_field(in_record, types) else None
    hint = hint or reader.suggestions.nearest_or_all(name, known)
    message = f"path {node.text!r}: {types[0]!r} events have no {name!r} there"
    if len(types) > 1:
        message = f"path {node.text!r}: no event type of this rule has {name!r} there"
    if parsed is not None and steps[0].name == "record":
        message = f"path {node.text!r}: {_lack(name, parsed, known)}"
    reader.warning("path-unknown", node, message, hint)
    return True


def _lack(name: str, parsed: Parsed, known: Collection[str]) -> str:
    """Describe what a parsed record does not have."""
    if parsed.parser != "regex":
        return f"'parse: {parsed.parser}' makes no {name!r} there"
    return f"the regex of 'parse' has no group {name!r}" if known else f"a group is text, and has no {name!r}"


def has_field(text: str, types: tuple[str, ...]) -> bool:
    """Return whether the schema has a path, from the event, for one of the event types."""
    steps = tuple(path_steps(text)) if types else ()
    return any(_is_known(text, steps, _shapes()[event_type]) for event_type in types)


def is_always_there(steps: tuple[Step, ...], types: tuple[str, ...]) -> bool:
    """Return whether all events of the types have a field, by the schema."""
    return bool(types) and all(_is_required(steps, _shapes()[event_type]) for event_type in types)


def _is_known(text: str, steps: tuple[PathStep, ...], shape: dict[str, Any]) -> bool:
    end = 1
    below: dict[str, Any] | None = shape
    for step in steps:
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
    """Where a path leaves the schema of an event type: the offset, the name, and the names that exist there."""

    position: int
    name: str
    known: Collection[str]


def _miss(steps: Iterable[PathStep], shape: dict[str, Any]) -> _Miss | None:
    """Return the first name of a path that does not exist in a shape."""
    for step in steps:
        if not step.name:
            shape = shape.get("items", {})
            found = (_miss(path_steps(tested, 0), shape) for tested in step.tested)
            miss = next((one for one in found if one is not None), None)
            if miss is not None:
                return miss._replace(position=step.end)
        elif step.deep:
            names = _names_below(shape)
            is_open = None in names
            return None if is_open or step.name in names else _Miss(step.end, step.name, {*filter(None, names)})
        elif "properties" not in shape:
            # Text and numbers have no fields; other nodes belong to the application, or are open in the schema.
            return _Miss(step.end, step.name, ()) if _is_scalar(shape) else None
        elif step.name not in shape["properties"]:
            return _Miss(step.end, step.name, shape["properties"].keys())
        else:
            shape = shape["properties"][step.name]
    return None


def _names_below(shape: dict[str, Any]) -> set[str | None]:
    """Return all names at any depth; None among them if part of the schema is open."""
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
    """Return the shape of each event type, with references resolved."""
    schema = _schema()
    return {
        one["title"]: {
            "required": schema["required"],
            "properties": schema["properties"] | {"record": _resolve(one["properties"]["record"], schema["$defs"])},
        }
        for one in schema["oneOf"]
    }


@cache
def _schema() -> dict[str, Any]:
    """Read the schema of events."""
    schema: dict[str, Any] = json.loads(resource("schema", _SCHEMA).read_text(encoding="utf-8"))
    return schema | {"properties": schema["properties"] | {"type": {"type": "string"}}}


def _resolve(shape: Any, definitions: dict[str, Any]) -> Any:
    if not isinstance(shape, dict):
        return shape
    if "$ref" in shape:
        return _resolve(definitions[shape["$ref"].rpartition("/")[2]], definitions)
    return {key: _resolve(value, definitions) for key, value in shape.items()}
