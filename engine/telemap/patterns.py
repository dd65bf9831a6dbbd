"""Match event types with patterns, in which `*` stands for any characters, including dots."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def matches(pattern: str, event_type: str) -> bool:
    """Return whether a pattern matches an event type.

    Between two stars, the leftmost match is always right, so there is no backtracking.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == event_type
    *middle, last = rest
    end = len(event_type) - len(last)
    position = len(first)
    if not (event_type.startswith(first) and event_type.endswith(last) and position <= end):
        return False
    for part in middle:
        found = event_type.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def matches_any(patterns: Iterable[str], event_type: str) -> bool:
    """Return whether any pattern matches an event type."""
    return any(matches(pattern, event_type) for pattern in patterns)


def is_pattern(text: str) -> bool:
    """Return whether a text has a `*`."""
    return "*" in text


class PatternSet:
    """A set of event types and patterns.

    Args:
        texts: at least one.

    Attributes:
        only: the event types, if there are no patterns; otherwise None.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        different = frozenset(texts)
        self._wild = tuple(filter(is_pattern, different))
        self._exact = different.difference(self._wild)
        self.only = None if self._wild else self._exact

    def fits(self, event_type: str) -> bool:
        """Return whether the set contains an event type or a pattern that matches it."""
        return event_type in self._exact or matches_any(self._wild, event_type)


class PatternIndex:
    """An index of lists of event types and patterns, to find those that match an event type.

    Args:
        lists: for instance, the event types and patterns of each source.
    """

    def __init__(self, lists: Iterable[Iterable[str]]) -> None:
        self._exact: dict[str, list[int]] = {}
        self._wild: dict[str, list[int]] = {}
        for number, texts in enumerate(lists):
            for text in dict.fromkeys(texts):
                known = self._wild if is_pattern(text) else self._exact
                known.setdefault(text, []).append(number)

    @property
    def patterns(self) -> Collection[str]:
        """Return all patterns, without duplicates."""
        return self._wild.keys()

    def texts(self, event_type: str) -> tuple[str, ...]:
        """Return the event type, if a list contains it, and the patterns that match it."""
        exact = (event_type,) if event_type in self._exact else ()
        return (*exact, *(pattern for pattern in self._wild if matches(pattern, event_type)))

    def numbers_of(self, text: str) -> list[int]:
        """Return the numbers of the lists that contain a text."""
        return self._wild.get(text) or self._exact.get(text, [])

    def numbers(self, texts: Collection[str]) -> tuple[int, ...]:
        """Return the numbers of the lists that contain any of several texts."""
        if len(texts) == 1:
            return tuple(*map(self.numbers_of, texts))
        return tuple(sorted(set().union(*map(self.numbers_of, texts))))

    def fitting(self, event_type: str) -> tuple[int, ...]:
        """Return the numbers of the lists that match an event type."""
        return self.numbers(self.texts(event_type))
