"""What did not become a sample, and people would want to know of."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Final

from telemap.store.counts import UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.preview.trial import Trial
    from telemap.store.series import FamilySeries

_ORDINARY: Final = ("missing", "parse")
"""Why samples are rightly skipped all the time: an event has no such value, or not the text that a source wants."""


def notes(trial: Trial, events: int, recording: str) -> Iterator[str]:
    """Return the notes on a trial, a line each.

    Args:
        trial: what all events were applied to.
        events: how many.
        recording: the name of what they came from.
    """
    store = trial.store
    if malformed := store.counts.dropped["malformed"]:
        is_none = "is not a telemetry event: an object" if malformed == 1 else "are not telemetry events: objects"
        yield f"{malformed} of the events {is_none} with a text 'type'"
    if events and not any(family.cells for family in trial.families):
        command = shlex.join(["telemap", "explain", trial.mapping.name, "--events", recording])
        yield f"no event made a series: of {events}, {_causes(trial)}; {command} tells more"
    for reason, count in store.counts.undecided.items():
        if count:
            yield f"rules of 'drop' did not decide about events, and let them pass, {count} times: {UNDECIDED[reason]}"
    for family in trial.families:
        yield from _family_notes(family, store.plan.series_limit_total)


def _causes(trial: Trial) -> str:
    """Report why there are no series: first of events that no source saw, then of samples that were not made."""
    counts = trial.store.counts
    skips: Counter[str] = Counter()
    for family in trial.families:
        skips.update({reason: count for reason, count in family.skipped.items() if count})
    causes = [
        (counts.dropped["malformed"], "no telemetry event"),
        (counts.dropped["rule"], "dropped by a rule of 'drop'"),
        (counts.unmatched, "of a type that no source reads"),
        (skips.pop("parse", 0), "not fitting 'parse' of a source"),
        (skips.pop("missing", 0), "without the value of a source"),
        *((count, f"skipped as {reason}") for reason, count in skips.items()),
    ]
    told = ", ".join(f"{count} {words}" for count, words in causes if count)
    return told or "none passed 'when' of a source, and had items for its 'each'"


def _family_notes(family: FamilySeries, limit_total: int) -> Iterator[str]:
    name = family.shape.name
    skipped = [f"{count} as {reason}" for reason, count in unusual_skips(family).items()]
    if skipped:
        yield f"metric {name!r}: samples were skipped, {', '.join(skipped)}"
    own, total = family.overflowed - family.overflowed_total, family.overflowed_total
    if own:
        yield f"metric {name!r}: {_samples(own)} beyond the limit of {family.shape.series_limit} series"
    if total:
        yield f"metric {name!r}: {_samples(total)} beyond the limit of {limit_total} series of all metrics together"


def _samples(count: int) -> str:
    return "1 sample came" if count == 1 else f"{count} samples came"


def unusual_skips(family: FamilySeries) -> dict[str, int]:
    """Return how many samples were skipped for reasons that a mapping's author should look into, by reason."""
    return {reason: count for reason, count in family.skipped.items() if count and reason not in _ORDINARY}
