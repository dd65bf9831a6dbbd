"""Answer `trace`, `series` and `explain`: which events made which series, and where the others stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.playground.arguments import QuestionError
from telemap.terminal_text import terminal_text
from telemap.tracing.event_sentences import NO_RULE, drop_sentences, malformed_text, others_text, source_sentences
from telemap.tracing.marks import State
from telemap.tracing.outcomes import Stage
from telemap.tracing.sentence import Sentence
from telemap.tracing.to_yaml import drop_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telemap.model import Source
    from telemap.playground.arguments import Arguments
    from telemap.playground.work import Work
    from telemap.tracing.isolate import IsolatedSource
    from telemap.tracing.outcomes import DropTrace, EventTrace, SourceTrace

_MOST_TRACED: Final = 500
"""Most events of a `trace`."""

_MOST_LISTED: Final = 1000
"""Most events that are listed for a series."""

_ROAD: Final = (Stage.FROM, Stage.PARSE, Stage.EACH, Stage.WHEN, Stage.LABELS, Stage.VALUE)


def trace(work: Work, arguments: Arguments) -> dict[str, Any]:
    """Return the sources with their counts over all events, and what became of some events."""
    first, last = arguments.whole("first", 1), arguments.whole("last", 0)
    arguments.end()
    marks = work.marks
    last = min(last, first + _MOST_TRACED - 1, len(work.given.events))
    counts = zip(marks.sources, marks.counts(), strict=True)
    return {
        "sources": [{**_identity(one), "read": read, "made": made} for one, (read, made) in counts],
        "events": [_traced_event(work, number) for number in range(first, last + 1)],
    }


def _traced_event(work: Work, number: int) -> dict[str, Any]:
    mark = work.marks.mark(number - 1)
    places = (work.places_of_series[one] for one in work.marks.series_of(number - 1))
    return {
        "number": number,
        "type": work.given.types[number - 1],
        "state": mark.state.value,
        "stops": [[source, stage.value] for source, stage in mark.stops],
        "made": sorted(list(place) for place in places if place is not None),
    }


def series(work: Work, arguments: Arguments) -> dict[str, Any]:
    """Return the events and the sources that made a series."""
    wanted = arguments.whole("family", 0), arguments.whole("series", 0)
    arguments.end()
    families = work.trial.store.families
    if wanted[0] >= len(families) or wanted[1] >= len(families[wanted[0]].cells):
        raise QuestionError("series: there is no such series")
    if wanted not in work.places_of_series:  # of `init`, without a sample
        return {"events": [], "total": 0, "sources": []}
    number = work.places_of_series.index(wanted)
    events = work.marks.events_of(number)
    return {
        "events": [event + 1 for event in events[:_MOST_LISTED]],
        "total": len(events),
        "sources": list(work.marks.sources_of(number)),
    }


def explain(work: Work, arguments: Arguments) -> dict[str, Any]:
    """Return what became of an event, in sentences."""
    number = arguments.whole("number", 1)
    arguments.end()
    if number > len(work.given.events):
        raise QuestionError(f"explain: there is no event {number}")
    event = work.given.events[number - 1]
    found = work.tracer.trace(event)
    time = event.get("time") if found.event_type is not None else None
    reading = [(index, one) for index, one in enumerate(found.sources) if one.stage is not Stage.FROM]
    return {
        "number": number,
        "type": found.event_type,
        "time": time if isinstance(time, str) else None,
        "state": _state(found, [one for _, one in reading]).value,
        "sentences": _sentences(_about_event(event, found)),
        "drops": [_drop(one) for one in found.drops],
        "sources": [_source(index, one) for index, one in reading],
        "others": len(found.sources) - len(reading),
    }


def _state(found: EventTrace, reading: Sequence[SourceTrace]) -> State:
    if found.event_type is None:
        return State.MALFORMED
    if found.dropped is not None:
        return State.DROPPED
    if not reading:
        return State.UNREAD
    return State.MADE if any(one.made for one in reading) else State.STOPPED


def _about_event(event: Any, found: EventTrace) -> Iterable[Sentence]:
    if found.event_type is None:
        yield Sentence(malformed_text(event))
    elif found.dropped is None and all(one.stage is Stage.FROM for one in found.sources):
        yield Sentence(others_text(found.sources) if found.sources else NO_RULE)


def _drop(drop: DropTrace) -> dict[str, Any]:
    return {
        "number": drop.number,
        "file": drop.rule.place.file,
        "line": drop.rule.place.span.line,
        "text": drop_text(drop.rule),
        "verdict": "drops" if drop.drops else "undecided" if drop.undecided else "passes",
        "sentences": _sentences(drop_sentences(drop)),
    }


def _source(index: int, found: SourceTrace) -> dict[str, Any]:
    stopped = None if found.made else _stage(found)
    return {
        "index": index,
        **_identity(found.isolated),
        "stages": _stages(found.isolated.source, stopped),
        "samples": found.made,
        "stopped_at": None if stopped is None else stopped.value,
        "sentences": _sentences(source_sentences(found)),
    }


def _stage(found: SourceTrace) -> Stage:
    """Return where a source stopped that made no sample: of several items, the one that came farthest."""
    order = list(Stage)
    return max(
        (found.stage, *(stage for stage, _ in found.counts)),
        key=lambda one: -1 if one is Stage.MADE else order.index(one),
    )


def _stages(source: Source, stopped: Stage | None) -> list[dict[str, str]]:
    used = {
        Stage.PARSE: source.parse is not None,
        Stage.EACH: bool(source.each),
        Stage.WHEN: source.when is not None,
        Stage.LABELS: bool(source.labels),
    }
    road, state = [], "passed"
    for stage in _ROAD:
        shown = state if used.get(stage, True) else "unused"
        if stage is stopped:
            shown, state = "stopped", "ahead"
        road.append({"stage": stage.value, "state": shown})
    return road


def _identity(isolated: IsolatedSource) -> dict[str, Any]:
    place = isolated.source.place
    return {
        "metric": isolated.family.name,
        "source": isolated.number,
        "file": place.file,
        "line": place.span.line,
        "end_line": isolated.source.end_line,
    }


def _sentences(sentences: Iterable[Sentence]) -> list[dict[str, Any]]:
    return [
        {
            "text": terminal_text(f"{one.item} {one.text}" if one.item else one.text),
            "depth": one.depth,
            "line": one.line,
        }
        for one in sentences
    ]
