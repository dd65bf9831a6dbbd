"""Decide which sources one function runs together, so that they share what they read of an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from telemap.event_types import EVENT_TYPES
from telemap.patterns import is_pattern, matches_any

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_RUNS: Final = 20_000
"""Most sources in all shared functions, each counted where it runs: thousands of patterns must not make millions."""

_UNFORESEEN = "\0"
"""What a `*` stands for in an event type that nobody has named: the API's types have no control characters."""


class Groups(NamedTuple):
    """Which functions there are, as numbers of sources.

    Attributes:
        together: sources of a shared function each, in file order.
        alone: sources that have a function of their own, for event types that fit no shared one exactly.
    """

    together: tuple[tuple[int, ...], ...]
    alone: tuple[int, ...]


def group_sources(patterns: Sequence[tuple[str, ...]]) -> Groups:
    """Group sources by the event types that are foreseen.

    Those are the types that sources name, those of the Telemetry API, and for each pattern one that only this pattern
    and wider ones fit. Event types are open text: any other takes the functions of its sources one by one.

    Args:
        patterns: event types and patterns of each source, in file order.
    """
    together: dict[tuple[int, ...], None] = {}
    alone = {number for number, texts in enumerate(patterns) if any(map(is_pattern, texts))}
    room = MAX_RUNS
    for event_type in _foreseen(patterns):
        fitting = tuple(number for number, texts in enumerate(patterns) if matches_any(texts, event_type))
        if not fitting or fitting in together:
            continue
        if len(fitting) > room:
            alone.update(fitting)
            continue
        room -= len(fitting)
        together[fitting] = None
    return Groups(tuple(together), tuple(number for number in sorted(alone) if (number,) not in together))


def _foreseen(patterns: Sequence[tuple[str, ...]]) -> list[str]:
    written = dict.fromkeys(text for texts in patterns for text in texts)
    named = [text for text in written if not is_pattern(text)]
    unforeseen = [text.replace("*", _UNFORESEEN) for text in written if is_pattern(text)]
    return [*named, *sorted(EVENT_TYPES - written.keys()), *unforeseen]
