"""Format numbers of things."""

from __future__ import annotations


def count_text(number: int, noun: str) -> str:
    """Return a number with its noun in the singular or plural, such as `1 event` or `1,200 events`."""
    return f"{number:,} {noun if number == 1 else f'{noun}s'}"
