"""Compare what a recording holds with what a mapping reads."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telemap.unmatched.drafts import Draft, Drafter
from telemap.unmatched.guesses import is_label
from telemap.unmatched.locations import AS_IT_IS, JSON, Every, names_in, path_text
from telemap.unmatched.naming import Names
from telemap.unmatched.read_paths import is_dropped, reads_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.model import Mapping
    from telemap.units import Unit
    from telemap.unmatched.locations import Form, Place
    from telemap.unmatched.read_paths import Reads
    from telemap.unmatched.statistics import Statistics
    from telemap.unmatched.survey import Survey, TypeSurvey

_LONGEST_EXAMPLE = 60
"""Most characters of an example on its line."""

_ARRAY_OR_OBJECT = "an array in some events and an object in others, of which [*] would take the members"

_NAMES_OF_ITEMS = ("name", "type", "kind")
"""Members of an item that tell what it is."""


@dataclass(frozen=True, slots=True)
class PathFinding:
    """A place that no family reads.

    Attributes:
        path: from the event on; where text was parsed, `$.record` is what came out.
        form: as what it was parsed.
        events: events that have a value there.
        of_events: events that a source takes which parses so.
        example: the first value, perhaps only the beginning of it.
        draft: of the family that would read it.
    """

    path: str
    form: Form
    events: int
    of_events: int
    example: Any
    draft: Draft


@dataclass(frozen=True, slots=True)
class TypeFinding:
    """An event type of which something is not read.

    Attributes:
        draft: of the counter of its events; None when a family reads events of the type.
    """

    event_type: str
    events: int
    draft: Draft | None
    paths: tuple[PathFinding, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """All that a mapping does not read of a recording.

    Attributes:
        events: how many the recording has.
        types: in the order of their first events; those of which all is read are left out.
        dropped: types that a rule of `drop` takes whole.
        overlooked: values and events beyond the bounds of a survey.
    """

    events: int
    types: tuple[TypeFinding, ...]
    dropped: tuple[str, ...]
    malformed: int
    overlooked: int

    @property
    def drafts(self) -> Iterator[tuple[Draft, str]]:
        """Return the drafts that there are, with a line on each for people."""
        for one in self.types:
            if one.draft is not None and one.draft.name:
                yield one.draft, f"{one.events} events"
            for path in one.paths:
                if path.draft.name:
                    yield path.draft, in_words(path)


def in_words(path: PathFinding) -> str:
    """Report how often there is a value, and which."""
    return f"in {path.events} of {path.of_events} events ({share(path):.0f} %), such as {example_text(path.example)}"


def share(path: PathFinding) -> float:
    """Return the share of events that have a value, in percent."""
    return 100 * path.events / path.of_events


def example_text(example: Any) -> str:
    """Write a value on one line, cut where it is long."""
    text = json.dumps(example)
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[: _LONGEST_EXAMPLE - 3]}..."


def find_unmatched(mapping: Mapping, survey: Survey) -> Unread:
    """Find the event types and the places that no family reads, and draft what would."""
    drafter = Drafter(Names(family.name for family in mapping.families))
    dropped = tuple(event_type for event_type in survey.types if is_dropped(mapping, event_type))
    found = (
        _find(event_type, one, reads_of(mapping, event_type), drafter)
        for event_type, one in survey.types.items()
        if event_type not in dropped
    )
    types = tuple(one for one in found if one.draft is not None or one.paths)
    return Unread(survey.events, types, dropped, survey.malformed, survey.overlooked)


def _find(event_type: str, survey: TypeSurvey, reads: Reads, drafter: Drafter) -> TypeFinding:
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
    return TypeFinding(event_type, survey.events, draft, tuple(paths))


def _objects(survey: TypeSurvey) -> set[Place]:
    """Return the places that are objects in some event."""
    return {
        place[:at]
        for form in survey.roots
        for place, _ in survey.places(form)
        for at, step in enumerate(place)
        if step is not Every.ITEM
    }


def _stated_unit(survey: TypeSurvey, place: Place) -> Unit | None:
    """Return the unit that a document of CloudWatch's embedded metric format names for a metric."""
    match place:
        case ("record", str(name)) | ("record", str(name), Every.ITEM):
            return survey.units.get(name)
    return None


def _label_of_item(survey: TypeSurvey, form: Form, place: Place) -> Place:
    """Return the place that tells items apart, where a place is in items that have one; else the event's own."""
    at = max((at for at, step in enumerate(place, 1) if isinstance(step, Every)), default=0)
    if not at or at == len(place):
        return ()
    seen = dict(survey.places(form))
    candidates = ((*place[:at], name) for name in _NAMES_OF_ITEMS)
    return next((one for one in candidates if one in seen and one != place and is_label(one, seen[one])), ())


def _unread(survey: TypeSurvey, reads: Reads) -> Iterator[tuple[Form, Place, Statistics, int]]:
    """Return the places that are not read, form by form, with how many events a source takes that parses so.

    `parse: json` takes objects as they are, so that a place of theirs that JSON text has too is one with it.
    """
    as_it_is = dict(survey.places(AS_IT_IS))
    joined: dict[Place, Statistics] = {}
    if JSON in survey.roots:
        joined = {place: seen for place, seen in survey.places(JSON) if place in as_it_is}
    for form in survey.roots:
        for place, seen in survey.places(form):
            if reads.reads(form, place):
                continue
            if form == AS_IT_IS and place in joined and not reads.reads(JSON, place):
                continue
            if form == JSON and place in joined and not reads.reads(AS_IT_IS, place):
                both = copy.deepcopy(as_it_is[place])
                both.merge(seen)
                yield form, place, both, survey.taken[form]
            else:
                yield form, place, seen, survey.taken[form]
