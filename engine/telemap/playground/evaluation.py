"""Answer `evaluate`: the problems of a mapping, the events, and the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemap.playground.arguments import Arguments
    from telemap.playground.state import State


def evaluate(state: State, arguments: Arguments) -> dict[str, Any]:
    """Take a mapping and events, and return what comes of them."""
    written, recorded = arguments.within("mapping"), arguments.within("events")
    name, text = written.text("name"), written.text("text")
    revision, events = recorded.whole("revision", 0), recorded.optional_text("text")
    env = arguments.texts_by_name("env")
    for one in (written, recorded, arguments):
        one.end()
    if not state.take_events(revision, events):
        return {"unknown_events": True}
    state.take_mapping(name, text, env)
    return {
        "problems": state.mapping.problem_documents(),
        "valid": state.work is not None,
        "events": state.events.document,
        **_result(state),
    }


def _result(state: State) -> dict[str, Any]:
    work = state.work
    if work is None:
        return {"families": None, "text": None, "notes": [], "dropped": None, "unmatched": None}
    counts = work.trial.store.counts
    return {
        "families": work.families(),
        "text": work.text(),
        "notes": work.notes(),
        "dropped": dict(counts.dropped),
        "unmatched": counts.unmatched,
    }
