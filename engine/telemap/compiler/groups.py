"""Decide which sources one function runs together, so that they share what they read of an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from telemap.event_types import EVENT_TYPES
from telemap.patterns import PatternIndex, is_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_RUNS: Final = 20_000
"""Most sources in all shared functions, each counted where it runs: thousands of patterns must not make millions."""

_MAX_MATCHES: Final = 200_000
"""Most times that a pattern is held to an event type, and most sources that are found so."""

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
    and wider ones fit. Event types are open text: any other takes the functions of its sources one by one, and so do
    those that are foreseen where groups would become too many.

    Args:
        patterns: event types and patterns of each source, in file order.
    """
    index = PatternIndex(patterns)
    foreseen = _foreseen(patterns)
    most = _MAX_MATCHES // max(1, len(index.patterns))
    together: dict[tuple[int, ...], None] = {}
    apart = {*index.patterns, *foreseen[most:]}
    room, work = MAX_RUNS, _MAX_MATCHES
    for texts in _alike(index, foreseen[:most]):
        count = sum(len(index.numbers_of(text)) for text in texts)
        work -= count
        if count > room or work < 0:
            apart.update(texts)
            continue
        fitting = index.numbers(texts)
        if fitting and fitting not in together:
            room -= len(fitting)
            together[fitting] = None
    return Groups(tuple(together), singles(index.numbers(apart), together))


def singles(numbers: Iterable[int], together: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the sources, of some, that are no group by themselves; in file order."""
    groups = set(together)
    return tuple(number for number in sorted(set(numbers)) if (number,) not in groups)


def _alike(index: PatternIndex, event_types: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """Return the texts that each event type fits, once for all types that fit the same sources by them."""
    found: dict[tuple[tuple[int, ...], tuple[str, ...]], tuple[str, ...]] = {}
    for event_type in event_types:
        texts = index.texts(event_type)
        exact = index.numbers_of(event_type)
        found.setdefault((tuple(exact), texts[1:] if exact else texts), texts)
    return found.values()


def _foreseen(patterns: Sequence[tuple[str, ...]]) -> list[str]:
    written = dict.fromkeys(text for texts in patterns for text in texts)
    named = [text for text in written if not is_pattern(text)]
    unforeseen = [text.replace("*", _UNFORESEEN) for text in written if is_pattern(text)]
    return [*named, *sorted(EVENT_TYPES - written.keys()), *unforeseen]
