"""Notes on events and samples that a mapping lost."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Final

from telemap.store.counts import UNDECIDED
from telemap.tracing.to_yaml import each_item_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from telemap.model import Family
    from telemap.preview.trial import Trial
    from telemap.store.series import FamilySeries

_ORDINARY: Final = ("missing", "parse")
"""Normal reasons to skip samples: an event has no such value, or its text does not match."""


def notes(trial: Trial, events: int, recording: str | None) -> Iterator[str]:
    """Yield the notes on a trial.

    Args:
        trial: the trial, after all events.
        events: number of events.
        recording: the name of the recording; None if no command can read it.
    """
    store = trial.store
    if malformed := store.counts.dropped["malformed"]:
        yield malformed_text(malformed)
    if events and not any(family.cells for family in trial.families):
        yield f"no series{_causes(trial, events)}{'' if recording is None else _advice(trial, recording)}"
    for reason, count in store.counts.undecided.items():
        if count:
            times = "once" if count == 1 else f"{count} times"
            yield f"rules of 'drop' could not decide, and let the event pass, {times}: {UNDECIDED[reason]}"
    yield from trial.unparsed.notes()
    items = {family.name: _items_of_values(family) for family in trial.mapping.families}
    for family in trial.families:
        yield from _family_notes(family, store.plan.series_limit_total, items.get(family.shape.name, ()))


def _advice(trial: Trial, recording: str) -> str:
    return f"; to see why, run {shlex.join(['telemap', 'explain', trial.mapping.name, '--events', recording])}"


def malformed_text(count: int) -> str:
    """Return the message about values that are not telemetry events."""
    if count == 1:
        return "skipped 1 value that is not a telemetry event (an object whose 'type' is a string)"
    return f"skipped {count:,} values that are not telemetry events (objects whose 'type' is a string)"


def _causes(trial: Trial, events: int) -> str:
    """Return why there are no series: events that no rule read, then samples that were skipped.

    An event can be skipped by each of several rules: the two do not add up.
    """
    counts = trial.store.counts
    skips: Counter[str] = Counter()
    for family in trial.families:
        skips.update({reason: count for reason, count in family.skipped.items() if count})
    unread = _counted(
        [
            (counts.dropped["malformed"], "not a telemetry event"),
            (counts.dropped["rule"], "dropped by 'drop'"),
            (counts.unmatched, "of a type that no rule reads"),
        ]
    )
    skipped = _counted(
        [
            (skips.pop("parse", 0), "not matching 'parse'"),
            (skips.pop("missing", 0), "without a value"),
            *((count, f"as {reason}") for reason, count in skips.items()),
        ]
    )
    if not unread and not skipped:
        return f": of {events} events, none matched 'when' and had items for 'each'"
    text = f": of {events} events, {unread}" if unread else f" from {events} events"
    return f"{text}; samples skipped by the rules: {skipped}" if skipped else text


def _counted(causes: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{count} {words}" for count, words in causes if count)


def _items_of_values(family: Family) -> tuple[str, ...]:
    """Return what each path of a family's values that could lead to an array would be in `each`."""
    found = ((source, path) for source in family.sources if source.value.is_plain for path in source.value.paths)
    return tuple(dict.fromkeys(each_item_text(source, path) for source, path in found))


def _family_notes(family: FamilySeries, limit_total: int, items: Sequence[str]) -> Iterator[str]:
    name = family.shape.name
    skipped = [f"{count} as {reason}" for reason, count in unusual_skips(family).items()]
    if skipped:
        yield f"metric {name!r}: samples skipped, {', '.join(skipped)}"
    if family.found_arrays and items:
        cure = " or ".join(f"each: {each}" for each in items)
        yield f"metric {name!r}: for the numbers in an array, write {cure}, and value: ."
    own, total = family.overflowed - family.overflowed_total, family.overflowed_total
    if own:
        yield f"metric {name!r}: {_samples(own)} beyond series_limit, {family.shape.series_limit:,}"
    if total:
        yield f"metric {name!r}: {_samples(total)} beyond series_limit_total, {limit_total:,}"


def _samples(count: int) -> str:
    return "1 sample" if count == 1 else f"{count:,} samples"


def unusual_skips(family: FamilySeries) -> dict[str, int]:
    """Return the number of samples skipped for reasons that the author should look into, by reason."""
    return {reason: count for reason, count in family.skipped.items() if count and reason not in _ORDINARY}
