"""The keys of an object as they were read, and what unknown ones were most likely meant to be."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING

from telemap.document.nodes import MapNode, Node, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_LONGEST_NAME = 64
"""Longest text that may be a mistyped name: finding the nearest name takes time."""

_MAX_COMPARED = 5_000
"""Most words that the misspelt ones of one mapping are compared with."""

_MAX_LISTED = 20
"""Most words of a list that a problem shows."""


class Entries(dict[str, tuple[ScalarNode, Node]]):
    """The known keys of an object, in file order, each with its value.

    Attributes:
        meant: known keys that unknown ones were most likely meant to be: to say that they are missing is no news.
        foreign: whether there are unknown keys.
        read: keys whose value was asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.meant: set[str] = set()
        self.foreign = False
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> tuple[ScalarNode, Node]:
        """Return a key and its value."""
        self.read.add(name)
        return super().__getitem__(name)

    def lacks(self, name: str) -> bool:
        """Return whether a key is not there, and no unknown one can be meant to be it."""
        return name not in self and name not in self.meant

    def add_foreign(
        self,
        key: ScalarNode,
        value: Node,
        known: frozenset[str],
        others: Mapping[str, str],
        suggestions: Suggestions,
    ) -> str | None:
        """Take note of an unknown key; give the known one that it was most likely meant to be.

        Args:
            key: the unknown key.
            value: what is under it; known keys that stand there were meant to stand here.
            known: all keys that may stand here.
            others: words of other tools, with what they are called here.
            suggestions: finds the one that is nearest.
        """
        self.foreign = True
        if isinstance(value, MapNode):
            self.meant.update(inner.text for inner, _ in value.entries if inner.text in known)
        word = others.get(key.text) or suggestions.key(key.text, known)
        if word:
            self.meant.add(word)
        return word


class Suggestions:
    """Suggest what misspelt words were probably meant to be, until that has taken enough work.

    A mapping can have thousands of misspelt words, and thousands to choose from; comparing two takes 10 us.
    """

    def __init__(self) -> None:
        self._left = _MAX_COMPARED
        self._known: dict[tuple[str, frozenset[str]], str | None] = {}

    def key(self, text: str, keys: frozenset[str]) -> str | None:
        """Return the key that was probably meant; the same slip is often made again."""
        if (text, keys) not in self._known:
            self._known[text, keys] = nearest_word(text, keys) if self._spend(keys) else None
        return self._known[text, keys]

    def nearest(self, text: str, words: Collection[str]) -> str | None:
        """Suggest the word that was probably meant."""
        return nearest(text, words) if self._spend(words) else None

    def nearest_or_all(self, text: str, words: Collection[str], none: str | None = None) -> str | None:
        """Suggest the word that was probably meant, or else say which ones there are.

        Args:
            text: the misspelt word.
            words: those that are known.
            none: what to say where none is known.
        """
        if not self._spend(words):
            return None
        return nearest(text, words) or (f"one of: {first_of(words)}" if words else none)

    def _spend(self, words: Collection[str]) -> bool:
        """Take note that words are compared; return whether there was work left for that."""
        is_left = self._left > 0
        self._left -= len(words)
        return is_left


def first_of(words: Collection[str]) -> str:
    """List words in their order; of many, the first ones and how many more there are."""
    shown = ", ".join(nsmallest(_MAX_LISTED, words))
    more = len(words) - _MAX_LISTED
    return f"{shown} and {more:,} more" if more > 0 else shown


def listed(words: Sequence[str]) -> str:
    """Join words with commas, and the last one with "and"."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def nearest(text: str, words: Iterable[str]) -> str | None:
    """Suggest the word that was probably meant."""
    word = nearest_word(text, words)
    return f"did you mean {word!r}?" if word else None


def nearest_word(text: str, words: Iterable[str]) -> str | None:
    """Return the word that was probably meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is wrong

    if len(text) > _LONGEST_NAME:
        return None
    by_lower = {word.lower(): word for word in words if len(word) <= 2 * _LONGEST_NAME}
    near = get_close_matches(text.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None
