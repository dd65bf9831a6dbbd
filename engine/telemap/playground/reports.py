"""Answer `cardinality`, `unmatched` and `difference`, as the commands do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.preview.cardinality import cardinality as count_cardinality
from telemap.preview.cardinality import without_limits
from telemap.preview.difference import difference as find_difference
from telemap.preview.documents import cardinality_document, difference_document
from telemap.preview.limiting import advise
from telemap.unmatched import find_unmatched
from telemap.unmatched.documents import unmatched_document
from telemap.unmatched.parse_fit import ParseFit
from telemap.unmatched.survey import Survey

if TYPE_CHECKING:
    from telemap.playground.arguments import Arguments
    from telemap.playground.state import State
    from telemap.playground.work import Work


def cardinality(work: Work, arguments: Arguments) -> dict[str, Any]:
    """Return the series of each metric and label, with advice."""
    arguments.end()
    families = count_cardinality(work.trial, work.trial_of(without_limits(work.mapping)))
    return {
        **cardinality_document(work.trial, families),
        "advice": [one._asdict() for one in advise(families, len(work.given.events))],
    }


def unmatched(work: Work, arguments: Arguments) -> dict[str, Any]:
    """Return what the mapping does not read, with drafts."""
    arguments.end()
    survey = Survey(ParseFit(work.mapping, regex_seconds=work.regex_seconds))
    for batch in work.given.batches:
        survey.add_all(batch)
    written = work.written_names
    unread = find_unmatched(work.mapping, survey.close(), written)
    names = {*written, *(family.name for family in work.mapping.families)}
    return {
        **unmatched_document(unread),
        "drafts": [
            {
                "name": draft.name,
                "type": one.event_type,
                "about": words,
                "block": "".join(f"  {line}\n" for line in draft.lines),
                "exists": draft.name in names,
            }
            for one in unread.types
            for draft, words in one.drafts
        ],
    }


def difference(state: State, arguments: Arguments) -> dict[str, Any]:
    """Return how the series differ from those of another text of the mapping."""
    text = arguments.text("before")
    arguments.end()
    work, trial = state.work, state.pinned_trial(text)
    if work is None or trial is None:
        return {"unavailable": True}
    return difference_document(trial, work.trial, find_difference(trial, work.trial), 0)
