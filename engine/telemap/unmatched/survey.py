"""Survey a recording: which places there are in events of each type, and what is there.

A survey is as large as its bounds, whatever the recording: beyond so many members an object's keys are taken for
values, beyond so many places new ones are overlooked, and counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from telemap.runtime.parsing import parse_json, parse_logfmt
from telemap.unmatched.locations import AS_IT_IS, JSON, JSON_IN_MESSAGE, LOGFMT, MESSAGE, RECORD, Every, Form
from telemap.unmatched.metric_documents import note_units
from telemap.unmatched.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.units import Unit
    from telemap.unmatched.locations import Place

MOST_TYPES: Final = 100
MOST_PLACES: Final = 5_000
"""Most places of all types together, those on the way to others among them."""

MOST_MEMBERS: Final = 60
"""Most names of one object; with more of them its keys are values, such as ids."""

MOST_STEPS: Final = 10
LONGEST_NAME: Final = 100

_PLATFORM = "platform."
_ENVELOPE = frozenset({"time", "type"})
_LOGFMT_KEY = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


@dataclass(slots=True)
class _Node:
    """A place and those below it."""

    statistics: Statistics = field(default_factory=Statistics)
    names: dict[str, _Node] = field(default_factory=dict)
    every: dict[Every, _Node] = field(default_factory=dict)
    last_event: int = 0

    def merge(self, other: _Node) -> None:
        """Make one place of two."""
        self.statistics.merge(other.statistics)
        for name, node in other.names.items():
            self.names.setdefault(name, _Node()).merge(node)
        for step, node in other.every.items():
            self.every.setdefault(step, _Node()).merge(node)


@dataclass(slots=True)
class TypeSurvey:
    """The events of one type.

    Attributes:
        events: how many there are.
        taken: how many there are that a source takes which parses the record to this form.
        units: of metrics, as documents of CloudWatch's embedded metric format name them.
    """

    events: int = 0
    taken: dict[Form, int] = field(default_factory=dict)
    units: dict[str, Unit | None] = field(default_factory=dict)
    roots: dict[Form, _Node] = field(default_factory=dict)

    def places(self, form: Form) -> Iterator[tuple[Place, Statistics]]:
        """Return the places that have values, by their names; those of an object before those of its members."""
        if form in self.roots:
            yield from _walk(self.roots[form], ())


class Survey:
    """A survey of events.

    Attributes:
        types: by event type, in the order of their first events.
        events: how many there are.
        malformed: how many there are that are no events.
        overlooked: values at places beyond the bounds, and events of types beyond them.
    """

    def __init__(self) -> None:
        self.types: dict[str, TypeSurvey] = {}
        self.events = 0
        self.malformed = 0
        self.overlooked = 0
        self._places = 0

    def add_all(self, events: Iterable[Any]) -> Survey:
        """Take events into account; give the survey itself."""
        for event in events:
            self.add(event)
        return self

    def add(self, event: Any) -> None:
        """Take an event into account."""
        event_type = event.get("type") if isinstance(event, dict) else None
        if not isinstance(event_type, str):
            self.malformed += 1
            return
        self.events += 1
        if event_type not in self.types and (len(self.types) >= MOST_TYPES or len(event_type) > LONGEST_NAME):
            self.overlooked += 1
            return
        survey = self.types.setdefault(event_type, TypeSurvey())
        survey.events += 1
        taken = {} if event_type.startswith(_PLATFORM) else _taken(event.get("record"))
        for form in (AS_IT_IS, *taken):
            survey.taken[form] = survey.taken.get(form, 0) + 1
        parsed = {form: fields for form, fields in taken.items() if fields is not None}
        for document in (event.get("record"), *parsed.values()):
            note_units(document, survey.units)
        whole = {name: value for name, value in event.items() if name not in _ENVELOPE}
        # Text that was parsed is looked at as what it holds.
        text = MESSAGE if isinstance(whole.get("record"), dict) else RECORD
        self._note(survey, AS_IT_IS, whole, text if parsed else None)
        for form, fields in parsed.items():
            self._note(survey, form, {"record": fields})

    def _note(self, survey: TypeSurvey, form: Form, document: dict[str, Any], left_out: Place | None = None) -> None:
        root = survey.roots.setdefault(form, _Node())
        pending: list[tuple[_Node, Place, Any]] = [(root, (), document)]
        while pending:
            node, place, value = pending.pop()
            if value is None or place == left_out:
                continue
            if not isinstance(value, dict | list):
                if node.last_event != self.events:
                    node.last_event = self.events
                    node.statistics.events += 1
                node.statistics.add(value)
            elif len(place) >= MOST_STEPS:
                self.overlooked += 1
            else:
                pending += self._below(node, place, value)

    def _below(self, node: _Node, place: Place, value: dict[str, Any] | list[Any]) -> list[tuple[_Node, Place, Any]]:
        """Return the members of an object or an array, the last one first."""
        if isinstance(value, list):
            items = self._every(node, Every.ITEM) if value else None
            return [(items, (*place, Every.ITEM), one) for one in reversed(value)] if items else []
        if len(node.names) + sum(name not in node.names for name in value) > MOST_MEMBERS:
            _take_keys_for_values(node)
        entries = node.every.get(Every.ENTRY)
        found: list[tuple[_Node, Place, Any]] = []
        for name, one in value.items():
            if one is not None and (below := entries or self._named(node, name)) is not None:
                found.append((below, (*place, Every.ENTRY if entries else name), one))
        return found[::-1]

    def _named(self, node: _Node, name: str) -> _Node | None:
        if name in node.names:
            return node.names[name]
        if self._places >= MOST_PLACES or len(name) > LONGEST_NAME:
            self.overlooked += 1
            return None
        self._places += 1
        return node.names.setdefault(name, _Node())

    def _every(self, node: _Node, step: Every) -> _Node | None:
        if step in node.every:
            return node.every[step]
        if self._places >= MOST_PLACES:
            self.overlooked += 1
            return None
        self._places += 1
        return node.every.setdefault(step, _Node())


def _take_keys_for_values(node: _Node) -> None:
    """Make one place of all members of an object."""
    entries = node.every.setdefault(Every.ENTRY, _Node())
    for member in node.names.values():
        entries.merge(member)
    node.names.clear()


def _taken(record: Any) -> dict[Form, dict[str, Any] | None]:
    """Return the forms to which sources can parse a log record, with the fields where they are not the record's own.

    What `parse: json` is to parse may be an object already, and in JSON there may be what looks like logfmt.
    """
    message = record.get("message") if isinstance(record, dict) else record
    taken: dict[Form, dict[str, Any] | None] = {}
    if isinstance(record, dict):
        taken[JSON] = None
    if not isinstance(message, str):
        return {**taken, JSON_IN_MESSAGE: None} if isinstance(message, dict) else taken
    fields = parse_json(message) if "{" in message else None
    if fields is not None:
        taken[JSON if message is record else JSON_IN_MESSAGE] = fields
    pairs = parse_logfmt(message) if "=" in message else None
    if pairs:
        named = {name: value for name, value in pairs.items() if _LOGFMT_KEY.fullmatch(name)}
        taken[LOGFMT] = named if named and fields is None else None
    return taken


def _walk(node: _Node, place: Place) -> Iterator[tuple[Place, Statistics]]:
    if node.statistics.values:
        yield place, node.statistics
    for name in sorted(node.names):
        yield from _walk(node.names[name], (*place, name))
    for step in Every:
        if step in node.every:
            yield from _walk(node.every[step], (*place, step))
