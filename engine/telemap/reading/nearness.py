"""Find the known word that a misspelt one probably stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_NAME = 64
"""Maximum length of a misspelt name: finding the nearest one takes time."""

_LETTERS_PER_SLIP = 5
"""How many letters a word must have for each of several slips: `account` is not near `amount`."""

_RIGHT_START = 2
_LETTERS_PER_SLIP_AFTER_START = 3
"""The same, if the first letters are right: `state` is near `status`."""

_SHORT = 3
"""In words of up to this many letters, a letter in place of another one makes another word: `sum` is not `sub`."""


def nearest(text: str, words: Iterable[str]) -> str | None:
    """Suggest the nearest word."""
    word = nearest_word(text, words)
    return f"did you mean {word!r}?" if word else None


def nearest_word(text: str, words: Iterable[str]) -> str | None:
    """Return the nearest word, if one is near: a few slips away, or with an ending or beginning more or less."""
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is wrong

    if len(text) > _LONGEST_NAME:
        return None
    by_lower = {word.lower(): word for word in words if len(word) <= 2 * _LONGEST_NAME}
    lower = text.lower()
    similar = get_close_matches(lower, by_lower, n=5)
    candidates = [*similar, *(word for word in by_lower if sorted(word) == sorted(lower))]
    near = [word for word in candidates if _is_near(lower, word)]
    if near:
        return by_lower[min(near, key=lambda word: slips(lower, word))]
    return next((by_lower[word] for word in similar if _is_part(lower, word)), None)


def slips(text: str, word: str) -> int:
    """Return how many letters were added, left out or replaced, or changed places with the next one, in a word.

    This is the optimal string alignment distance.
    """
    before: list[int] = []
    last = list(range(len(word) + 1))
    for row, letter in enumerate(text, start=1):
        current = [row]
        for column, other in enumerate(word, start=1):
            best = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 < column and letter == word[column - 2] and text[row - 2] == other:
                best = min(best, before[column - 2] + 1)
            current.append(best)
        before, last = last, current
    return last[-1]


def _is_near(text: str, word: str) -> bool:
    distance = slips(text, word)
    if len(text) == len(word) <= _SHORT:
        return distance <= 1 and sorted(text) == sorted(word)
    if distance <= 1:
        return True
    begins_right = text[:_RIGHT_START] == word[:_RIGHT_START]
    letters = _LETTERS_PER_SLIP_AFTER_START if begins_right else _LETTERS_PER_SLIP
    return distance * letters <= max(len(text), len(word))


def _is_part(one: str, other: str) -> bool:
    """Return whether one of two words begins or ends with the other."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) or long.endswith(short)
