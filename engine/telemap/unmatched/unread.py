"""Compare the places in a recording with those that a mapping reads."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telemap.embedded_metrics import MARK
from telemap.unmatched.drafts import Draft, Drafter
from telemap.unmatched.guesses import is_label
from telemap.unmatched.locations import AS_IT_IS, JSON, Every, names_in, path_text
from telemap.unmatched.naming import Names
from telemap.unmatched.read_paths import is_dropped, read_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.model import Mapping
    from telemap.units import Unit
    from telemap.unmatched.locations import Form, Place
    from telemap.unmatched.read_paths import ReadPaths
    from telemap.unmatched.statistics import Statistics
    from telemap.unmatched.survey import Survey, TypeSurvey

_LONGEST_EXAMPLE = 60
"""Most characters of an example."""

_LONGEST_LINE = 140
_MOST_FORMS = 10
"""Most forms of lines that are listed."""

_ARRAY_OR_OBJECT = "an array in some events and an object in others, whose members [*] would select"

_NAMES_OF_ITEMS = ("name", "type", "kind")
"""Members that identify an item."""


@dataclass(frozen=True, slots=True)
class PathFinding:
    """A place that no family reads.

    Attributes:
        path: from the event; if text was parsed, `$.record` is the result.
        form: how the record was parsed.
        events: number of events that have a value there.
        of_events: number of events whose record can be parsed like this.
        example: the first value, or its beginning.
        draft: of a family that would read it.
    """

    path: str
    form: Form
    events: int
    of_events: int
    example: Any
    draft: Draft


@dataclass(frozen=True, slots=True)
class TypeFinding:
    """An event type that is not fully read.

    Attributes:
        draft: of a counter of its events; None if a family reads events of the type.
        lines: number of events with log text that no source reads, because it fits no `parse`, for example.
        example: the first such text.
        forms: the forms in which these lines recur, the most frequent first.
    """

    event_type: str
    events: int
    draft: Draft | None
    paths: tuple[PathFinding, ...]
    lines: int = 0
    example: str = ""
    forms: tuple[LineFinding, ...] = ()

    @property
    def drafts(self) -> Iterator[tuple[Draft, str]]:
        """Yield all drafts, each with a line about its values."""
        if self.draft is not None and self.draft.name:
            yield self.draft, f"{self.events} events"
        for line in self.forms:
            if line.draft.name:
                yield line.draft, line_text(line)
        for path in self.paths:
            if path.draft.name:
                yield path.draft, frequency_text(path)


@dataclass(frozen=True, slots=True)
class LineFinding:
    """Lines of the same form that no source reads.

    Attributes:
        count: their number.
        example: the first one.
        draft: of a family that counts them; without one if there is only one line.
    """

    count: int
    example: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Unread:
    """Everything in a recording that a mapping does not read.

    Attributes:
        events: number of events in the recording.
        types: the types that are not fully read, in the order of their first events.
        dropped: the types that a drop rule drops entirely.
        malformed: number of values that are not events.
        overlooked: number of values and events beyond the bounds of a survey.
    """

    events: int
    types: tuple[TypeFinding, ...]
    dropped: tuple[str, ...]
    malformed: int
    overlooked: int

    @property
    def drafts(self) -> Iterator[tuple[Draft, str]]:
        """Yield all drafts, each with a line about its values."""
        for one in self.types:
            yield from one.drafts


def frequency_text(path: PathFinding) -> str:
    """Return how many events have a value there, with an example."""
    return f"in {path.events} of {path.of_events} events ({share(path):.0f}%), such as {example_text(path.example)}"


def line_text(line: LineFinding) -> str:
    """Return how many lines have a form, with an example."""
    return f"{line.count} lines like {example_text(line.example, _LONGEST_LINE)}"


def share(path: PathFinding) -> float:
    """Return the percentage of events that have a value there."""
    return 100 * path.events / path.of_events


def example_text(example: Any, longest: int = _LONGEST_EXAMPLE) -> str:
    """Return a value as JSON, shortened if it is long."""
    text = json.dumps(example)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def find_unmatched(mapping: Mapping, survey: Survey, written: Iterable[str] = ()) -> Unread:
    """Find the event types and places that no family reads, and draft families that would.

    Args:
        mapping: the mapping.
        survey: the events.
        written: names that no draft may have, such as those of metrics as they are written, without a prefix.
    """
    drafter = Drafter(Names((*(family.name for family in mapping.families), *written)))
    dropped = tuple(event_type for event_type in survey.types if is_dropped(mapping, event_type))
    found = (
        _find(event_type, one, read_paths(mapping, event_type), drafter)
        for event_type, one in survey.types.items()
        if event_type not in dropped
    )
    types = tuple(one for one in found if one.draft is not None or one.paths or one.lines)
    return Unread(survey.events, types, dropped, survey.malformed, survey.overlooked)


def _find(event_type: str, survey: TypeSurvey, reads: ReadPaths, drafter: Drafter) -> TypeFinding:
    draft = None if reads.has_source else drafter.count_events(event_type)
    objects = _objects(survey)
    paths = []
    for form, place, seen, of_events in _unread(survey, reads):
        events = min(seen.events, of_events)
        if any(step is Every.ITEM and place[:at] in objects for at, step in enumerate(place)):
            family = Draft(reason=_ARRAY_OR_OBJECT)
        else:
            label, unit = _label_of_item(survey, form, place), _stated_unit(survey, place)
            always = events == of_events and names_in(place) == list(place)  # not only in one item of several
            family = drafter.read(event_type, form, place, seen, label=label, always=always, unit=unit)
        paths.append(PathFinding(path_text(place), form, events, of_events, seen.example, family))
    return TypeFinding(
        event_type,
        survey.events,
        draft,
        tuple(paths),
        survey.unread_texts,
        survey.example,
        _forms(event_type, survey, drafter),
    )


def _forms(event_type: str, survey: TypeSurvey, drafter: Drafter) -> tuple[LineFinding, ...]:
    forms = sorted(survey.lines.forms, key=lambda form: -form.count)[:_MOST_FORMS]
    return tuple(
        LineFinding(form.count, form.example, drafter.count_lines(event_type, form.example, form.regex))
        for form in forms
    )


def _objects(survey: TypeSurvey) -> set[Place]:
    """Return the places that are objects in at least one event."""
    return {
        place[:at]
        for form in survey.roots
        for place, _ in survey.places(form)
        for at, step in enumerate(place)
        if step is not Every.ITEM
    }


def _stated_unit(survey: TypeSurvey, place: Place) -> Unit | None:
    """Return the unit that documents in CloudWatch's embedded metric format state for a metric."""
    match place:
        case ("record", str(name)) | ("record", str(name), Every.ITEM):
            return survey.units.get(name)
    return None


def _label_of_item(survey: TypeSurvey, form: Form, place: Place) -> Place:
    """Return the place that identifies the item around a place; empty if there is none."""
    at = max((at for at, step in enumerate(place, 1) if isinstance(step, Every)), default=0)
    if not at or at == len(place):
        return ()
    seen = dict(survey.places(form))
    candidates = ((*place[:at], name) for name in _NAMES_OF_ITEMS)
    return next((one for one in candidates if one in seen and one != place and is_label(one, seen[one])), ())


def _is_metric(place: Place, survey: TypeSurvey) -> bool:
    """Return whether a place belongs to the metrics of a document in the embedded metric format."""
    name = place[1] if len(place) > 1 and place[0] == "record" else None
    return isinstance(name, str) and (name == MARK or name in survey.units)


def _unread(survey: TypeSurvey, reads: ReadPaths) -> Iterator[tuple[Form, Place, Statistics, int]]:
    """Yield the unread places, form by form, with the number of events whose record can be parsed like this.

    `parse: json` accepts objects, too, so a place that exists in objects and in JSON text is one place.
    """
    as_it_is = dict(survey.places(AS_IT_IS))
    joined: dict[Place, Statistics] = {}
    if JSON in survey.roots:
        joined = {place: seen for place, seen in survey.places(JSON) if place in as_it_is}
    for form in survey.roots:
        for place, seen in survey.places(form):
            if reads.reads(form, place) or (reads.has_metrics and _is_metric(place, survey)):
                continue
            if form == AS_IT_IS and place in joined and not reads.reads(JSON, place):
                continue
            if form == JSON and place in joined and not reads.reads(AS_IT_IS, place):
                both = copy.deepcopy(as_it_is[place])
                both.merge(seen)
                yield form, place, both, survey.parsed[form]
            else:
                yield form, place, seen, survey.parsed[form]
