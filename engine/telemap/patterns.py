"""Match event types with patterns: `*` is any run of characters, dots too; nothing else is special."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def matches(pattern: str, event_type: str) -> bool:
    """Return whether an event type fits a pattern, in time that grows with their lengths alone.

    Between two stars the leftmost place will do, so nothing has to be tried twice.
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
    """Return whether an event type fits one of several patterns."""
    return any(matches(pattern, event_type) for pattern in patterns)


def is_pattern(text: str) -> bool:
    """Return whether a text can match more than itself."""
    return "*" in text


class PatternSet:
    """Event types and patterns of them.

    Args:
        texts: at least one.

    Attributes:
        only: the event types that fit, where there is no pattern; else None.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        different = frozenset(texts)
        self._wild = tuple(filter(is_pattern, different))
        self._exact = different.difference(self._wild)
        self.only = None if self._wild else self._exact

    def fits(self, event_type: str) -> bool:
        """Return whether an event type is among them, or fits a pattern."""
        return event_type in self._exact or matches_any(self._wild, event_type)


class PatternIndex:
    """Find which of many lists of event types and patterns fit an event type, without looking at each of them.

    Args:
        lists: event types and patterns, such as those of each source.
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
        """Return the different patterns, each of which is held to an event type."""
        return self._wild.keys()

    def texts(self, event_type: str) -> tuple[str, ...]:
        """Return the texts of the lists that an event type fits: itself first, if it is in one, and patterns."""
        exact = (event_type,) if event_type in self._exact else ()
        return (*exact, *(pattern for pattern in self._wild if matches(pattern, event_type)))

    def numbers_of(self, text: str) -> list[int]:
        """Return the numbers of the lists that have a text."""
        return self._wild.get(text) or self._exact.get(text, [])

    def numbers(self, texts: Collection[str]) -> tuple[int, ...]:
        """Return the numbers of the lists that have any of several texts."""
        if len(texts) == 1:
            return tuple(*map(self.numbers_of, texts))
        return tuple(sorted(set().union(*map(self.numbers_of, texts))))

    def fitting(self, event_type: str) -> tuple[int, ...]:
        """Return the numbers of the lists that an event type fits."""
        return self.numbers(self.texts(event_type))
