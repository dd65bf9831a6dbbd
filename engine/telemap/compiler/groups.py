"""Group rules into functions, so that they share what they read from an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from telemap.event_types import EVENT_TYPES
from telemap.patterns import PatternIndex, is_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_RUNS: Final = 20_000
"""Maximum number of rules in all shared functions, counted in each: thousands of patterns must not make millions."""

_MAX_MATCHES: Final = 200_000
"""Maximum number of comparisons of patterns with event types, and of rules found by them."""

_UNFORESEEN = "\0"
"""The text for `*` in a made-up event type: the API's types have no control characters."""


class Groups(NamedTuple):
    """The functions to write, as numbers of rules.

    Attributes:
        together: the rules of each shared function, in file order.
        alone: rules with their own function, for event types without a shared one.
    """

    together: tuple[tuple[int, ...], ...]
    alone: tuple[int, ...]


def group_sources(patterns: Sequence[tuple[str, ...]]) -> Groups:
    """Group rules by the expected event types.

    These are the types that rules name, those of the Telemetry API, and for each pattern one that only this pattern and
    wider ones match. For any other type, the functions of its rules run one by one; also for expected types if there
    would be too many groups.

    Args:
        patterns: event types and patterns of each rule, in file order.
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
    """Return the given rules that are not a group by themselves, in file order."""
    groups = set(together)
    return tuple(number for number in sorted(set(numbers)) if (number,) not in groups)


def _alike(index: PatternIndex, event_types: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """Return the texts that match each event type, once for all types with the same rules."""
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
