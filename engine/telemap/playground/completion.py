"""Find what a mapping can read in events, for completion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from telemap.terminal_text import terminal_text
from telemap.unmatched.locations import Every, path_text
from telemap.unmatched.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap.unmatched.locations import Form, Place
    from telemap.unmatched.statistics import Statistics
    from telemap.unmatched.survey import TypeSurvey

_MOST_EVENTS: Final = 2000
"""Events that are examined: completion must not wait for a large recording."""

_LONGEST_EXAMPLE: Final = 40
_KINDS: Final = {Every.ITEM: "array", Every.ENTRY: "object"}


def paths_of(events: Sequence[Any]) -> dict[str, Any]:
    """Return the paths in events by event type, most frequent first."""
    survey = Survey(None)
    survey.add_all(events[:_MOST_EVENTS])
    types = sorted(survey.types.items(), key=lambda pair: -pair[1].events)
    return {event_type: _paths(one) for event_type, one in types}


def _paths(survey: TypeSurvey) -> list[dict[str, Any]]:
    found: dict[tuple[str, Form], dict[str, Any]] = {}
    for form in survey.roots:
        for place, seen in survey.places(form):
            for at, step in enumerate(place):
                if isinstance(step, Every):
                    found.setdefault((path_text(place[:at]), form), _path(place[:at], form, seen, _KINDS[step], "..."))
            example = _example(seen.example)
            found[path_text(place), form] = _path(place, form, seen, _kind(seen), example)
    return sorted(found.values(), key=lambda one: (-one["events"], one["path"], one["form"] or ""))


def _path(place: Place, form: Form, seen: Statistics, kind: str, example: str) -> dict[str, Any]:
    shown = {"path": path_text(place), "form": form.text or None, "example": example, "kind": kind}
    return {**shown, "events": seen.events}


def _example(value: Any) -> str:
    """Return a value as JSON, shortened if it is long, with letters of every language."""
    text = terminal_text(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[: _LONGEST_EXAMPLE - 3]}..."


def _kind(seen: Statistics) -> str:
    counts = {"text": seen.texts, "boolean": seen.truths}
    kinds = [kind for kind, number in counts.items() if number]
    if seen.values > seen.texts + seen.truths:
        kinds.append("number")
    return kinds[0] if len(kinds) == 1 else "mixed"
