"""Match event types with patterns: `*` is any run of characters, dots too; nothing else is special."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


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
