"""Read the events of a test: nodes become the JSON values of an event, by YAML 1.2's core schema.

`null`, `true`, `false` and numbers without quotes are what they look like; everything else is text, as is all that
stands in quotes.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.event_types import EVENT_TYPES
from telemap.mapping_tests import keys
from telemap.mapping_tests.model import EventFile
from telemap.reading.nearness import nearest
from telemap.reading.scalars import integer_of, is_number, is_truth, number_of
from telemap.resources import relative_to

if TYPE_CHECKING:
    from telemap.mapping_tests.model import Events
    from telemap.reading.node_reader import NodeReader

_TYPE = "name an event type, such as 'platform.report'"

_MAX_DIGITS = 4_300
"""Digits of whole numbers that Python reads from JSON, and so the most that an event can have."""


def read_events(reader: NodeReader, file: str, node: Node, what: str) -> Events:
    """Read a list of events, or the name of a recording of some."""
    if isinstance(node, ScalarNode):
        text = reader.text(
            node,
            f"'events' of {what}",
            wanted="a list of events or the name of a recording",
            hint="to send no events, write 'events: []'",
        )
        return EventFile(relative_to(file, text or ""), reader.place(node.span))
    if not isinstance(node, ListNode):
        reader.items(node, f"'events' of {what}")
        return ()
    return tuple(_read_event(reader, item, f"event {number} of {what}") for number, item in enumerate(node.items, 1))


def _read_event(reader: NodeReader, node: Node, what: str) -> dict[str, object]:
    entries = reader.entries(
        node, what, keys.EVENT, hint="write {type: function, record: ...}, with the text or the object of the log line"
    )
    if entries is None:
        return {}
    if entries.lacks("type"):
        reader.error("missing-key", node, f"{what} needs 'type'", _TYPE)
    event: dict[str, object] = {}
    for name, (_, value) in entries.items():
        if name == "record":
            event[name] = _json_value(reader, value)
            continue
        event[name] = reader.text(
            value,
            f"{name!r} of {what}",
            hint=_TYPE if name == "type" else "write a time such as '2026-01-01T00:00:00.000Z'",
        )
    named = event.get("type")
    if isinstance(named, str) and (hint := _other_type(named)):
        reader.warning("event-type", entries["type"][1], f"{named!r} is not an event type of the Telemetry API", hint)
    return event


@lru_cache(maxsize=256)
def _other_type(text: str) -> str | None:
    """Suggest the event type that was probably meant; a type that is like none may be meant to be unknown."""
    return None if text in EVENT_TYPES else nearest(text, sorted(EVENT_TYPES))


def _json_value(reader: NodeReader, node: Node) -> Any:
    """Return the JSON value of a node; a number that JSON does not have is a problem."""
    if isinstance(node, MapNode):
        return {key.text: _json_value(reader, value) for key, value in node.entries}
    if isinstance(node, ListNode):
        return [_json_value(reader, item) for item in node.items]
    if node.is_null:
        return None
    if is_truth(node):
        return node.text.lower() == "true"
    return _number(reader, node) if is_number(node) else node.text


def _number(reader: NodeReader, node: Node) -> float:
    if node.span.end_column - node.span.column <= _MAX_DIGITS and (whole := integer_of(node)) is not None:
        return whole
    number = number_of(node)
    if not math.isfinite(number):
        reader.error("number-range", node, "numbers in events must be finite", "put text in quotes")
    return number
