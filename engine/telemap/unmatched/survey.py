"""Survey a recording: find the places in events of each type, and collect statistics of their values.

The size of a survey is bounded. If an object has too many members, its keys are treated as values; if there are too
many places, new ones are skipped and counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from telemap.model import Parser
from telemap.runtime.parsing import parse_json, parse_logfmt
from telemap.unmatched.line_forms import LineForms
from telemap.unmatched.locations import AS_IT_IS, JSON, JSON_IN_MESSAGE, LOGFMT, MESSAGE, RECORD, Every, Form
from telemap.unmatched.metric_documents import note_units
from telemap.unmatched.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.units import Unit
    from telemap.unmatched.line_forms import LineForm
    from telemap.unmatched.locations import Place
    from telemap.unmatched.parse_fit import ParseFit

MAX_TYPES: Final = 100
MAX_PLACES: Final = 5_000
"""Most places of all types together, including those on the way to others."""

MAX_MEMBERS: Final = 60
"""Most names in an object; if there are more, its keys are values, such as ids."""

MAX_STEPS: Final = 10
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
    last_added: int = 0

    def merge(self, other: _Node) -> None:
        """Add the values of another place and those below it."""
        self.statistics.merge(other.statistics)
        for name, node in other.names.items():
            self.names.setdefault(name, _Node()).merge(node)
        for step, node in other.every.items():
            self.every.setdefault(step, _Node()).merge(node)


@dataclass(slots=True)
class TypeSurvey:
    """The events of one type.

    Attributes:
        events: their number.
        parsed: number of events whose record a source can parse, by form.
        unread_texts: number of events with log text that no source of the mapping reads.
        example: the first such text.
        lines: the forms of their lines, except those of JSON and logfmt.
        units: units of metrics, from documents in CloudWatch's embedded metric format.
    """

    events: int = 0
    parsed: dict[Form, int] = field(default_factory=dict)
    unread_texts: int = 0
    example: str = ""
    lines: LineForms = field(default_factory=LineForms)
    units: dict[str, Unit | None] = field(default_factory=dict)
    roots: dict[Form, _Node] = field(default_factory=dict)

    def places(self, form: Form) -> Iterator[tuple[Place, Statistics]]:
        """Yield the places that have values, sorted by name, with their statistics."""
        if form in self.roots:
            yield from _walk(self.roots[form], ())


class Survey:
    """A survey of events.

    Args:
        fit: decides which log text the mapping does not read; None to leave the forms of lines out.

    Attributes:
        types: by event type, in the order of their first events.
        events: number of events.
        malformed: number of values that are not events.
        overlooked: number of values and events skipped because of the bounds.
    """

    def __init__(self, fit: ParseFit | None) -> None:
        self._fit = fit
        self._added = 0
        self.types: dict[str, TypeSurvey] = {}
        self.events = 0
        self.malformed = 0
        self.overlooked = 0
        self._places = 0

    def add_all(self, events: Iterable[Any]) -> Survey:
        """Add events, and return the survey itself."""
        for event in events:
            self.add(event)
        return self

    def add(self, event: Any) -> None:
        """Add an event."""
        event_type = event.get("type") if isinstance(event, dict) else None
        if not isinstance(event_type, str):
            self.malformed += 1
            return
        self.events += 1
        if event_type not in self.types and (len(self.types) >= MAX_TYPES or len(event_type) > LONGEST_NAME):
            self.overlooked += 1
            return
        survey = self.types.setdefault(event_type, TypeSurvey())
        survey.events += 1
        forms = {} if event_type.startswith(_PLATFORM) else _parse(event.get("record"))
        for form in (AS_IT_IS, *forms):
            survey.parsed[form] = survey.parsed.get(form, 0) + 1
        parsed = {form: fields for form, fields in forms.items() if fields is not None}
        for document in (event.get("record"), *parsed.values()):
            note_units(document, survey.units)
        whole = {name: value for name, value in event.items() if name not in _ENVELOPE}
        # Text that was parsed is surveyed as its fields, not as text.
        text = MESSAGE if isinstance(whole.get("record"), dict) else RECORD
        self._add(survey, AS_IT_IS, whole, text if parsed else None)
        for form, fields in parsed.items():
            self._add(survey, form, {"record": fields})
        if not event_type.startswith(_PLATFORM):
            self._add_text(survey, event, text, is_parsed=bool(forms.keys() - {JSON} or parsed))

    def _add_text(self, survey: TypeSurvey, event: dict[str, Any], place: Place, *, is_parsed: bool) -> None:
        """Add the log text of an event, if the mapping does not read it."""
        record = event.get("record")
        text = record.get("message") if isinstance(record, dict) else record
        if self._fit is None or not isinstance(text, str) or not text.strip():
            return
        if not self._fit.is_unread(event, place):
            return
        survey.unread_texts += 1
        survey.example = survey.example or text.strip()
        if not is_parsed:
            for form, fields in survey.lines.add(text):
                self._add_line(survey, form, fields)

    def close(self) -> Survey:
        """Examine the lines that were too few so far, and return the survey itself."""
        for survey in self.types.values():
            for form, fields in survey.lines.close():
                self._add_line(survey, form, fields)
        return self

    def _add_line(self, survey: TypeSurvey, line: LineForm, fields: dict[str, str]) -> None:
        form = Form(Parser.REGEX, RECORD, line.regex)
        survey.parsed[form] = survey.parsed.get(form, 0) + 1
        self._add(survey, form, {"record": fields})

    def _add(self, survey: TypeSurvey, form: Form, document: dict[str, Any], skipped: Place | None = None) -> None:
        self._added += 1
        root = survey.roots.setdefault(form, _Node())
        pending: list[tuple[_Node, Place, Any]] = [(root, (), document)]
        while pending:
            node, place, value = pending.pop()
            if value is None or place == skipped:
                continue
            if not isinstance(value, dict | list):
                if node.last_added != self._added:
                    node.last_added = self._added
                    node.statistics.events += 1
                node.statistics.add(value)
            elif len(place) >= MAX_STEPS:
                self.overlooked += 1
            else:
                pending += self._below(node, place, value)

    def _below(self, node: _Node, place: Place, value: dict[str, Any] | list[Any]) -> list[tuple[_Node, Place, Any]]:
        """Return the members of an object or array, the last one first."""
        if isinstance(value, list):
            items = self._every(node, Every.ITEM) if value else None
            return [(items, (*place, Every.ITEM), one) for one in reversed(value)] if items else []
        if len(node.names) + sum(name not in node.names for name in value) > MAX_MEMBERS:
            _treat_keys_as_values(node)
        entries = node.every.get(Every.ENTRY)
        found: list[tuple[_Node, Place, Any]] = []
        for name, one in value.items():
            if one is not None and (below := entries or self._named(node, name)) is not None:
                found.append((below, (*place, Every.ENTRY if entries else name), one))
        return found[::-1]

    def _named(self, node: _Node, name: str) -> _Node | None:
        if name in node.names:
            return node.names[name]
        if self._places >= MAX_PLACES or len(name) > LONGEST_NAME:
            self.overlooked += 1
            return None
        self._places += 1
        return node.names.setdefault(name, _Node())

    def _every(self, node: _Node, step: Every) -> _Node | None:
        if step in node.every:
            return node.every[step]
        if self._places >= MAX_PLACES:
            self.overlooked += 1
            return None
        self._places += 1
        return node.every.setdefault(step, _Node())


def _treat_keys_as_values(node: _Node) -> None:
    """Merge all members of an object into one place."""
    entries = node.every.setdefault(Every.ENTRY, _Node())
    for member in node.names.values():
        entries.merge(member)
    node.names.clear()


def _parse(record: Any) -> dict[Form, dict[str, Any] | None]:
    """Return the forms to which a log record can be parsed, with its fields, or None if the record itself has them.

    `parse: json` accepts objects, too. JSON may look like logfmt; its fields are then not surveyed again.
    """
    message = record.get("message") if isinstance(record, dict) else record
    forms: dict[Form, dict[str, Any] | None] = {}
    if isinstance(record, dict):
        forms[JSON] = None
    if not isinstance(message, str):
        return {**forms, JSON_IN_MESSAGE: None} if isinstance(message, dict) else forms
    fields = parse_json(message) if "{" in message else None
    if fields is not None:
        forms[JSON if message is record else JSON_IN_MESSAGE] = fields
    pairs = parse_logfmt(message) if "=" in message else None
    if pairs:
        named = {name: value for name, value in pairs.items() if _LOGFMT_KEY.fullmatch(name)}
        forms[LOGFMT] = named if named and fields is None else None
    return forms


def _walk(node: _Node, place: Place) -> Iterator[tuple[Place, Statistics]]:
    if node.statistics.values:
        yield place, node.statistics
    for name in sorted(node.names):
        yield from _walk(node.names[name], (*place, name))
    for step in Every:
        if step in node.every:
            yield from _walk(node.every[step], (*place, step))
