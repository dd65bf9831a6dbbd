"""The keys of an object, and suggestions for unknown ones."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING

from telemap.document.nodes import MapNode, Node, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_LONGEST_NAME = 64
"""Maximum length of a misspelt name: finding the nearest one takes time."""

_MAX_COMPARED = 5_000
"""Maximum number of comparisons for all misspelt words of a mapping."""

_MAX_LISTED = 20
"""Maximum number of words that a problem lists."""


class Entries(dict[str, tuple[ScalarNode, Node]]):
    """The known keys of an object with their values, in file order.

    Attributes:
        misspelt: known keys that are probably present under a misspelt name; they are not reported as missing.
        foreign: whether the object has unknown keys.
        read: keys whose value has been read.
    """

    def __init__(self) -> None:
        super().__init__()
        self.misspelt: set[str] = set()
        self.foreign = False
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> tuple[ScalarNode, Node]:
        """Return the key node and the value node."""
        self.read.add(name)
        return super().__getitem__(name)

    def lacks(self, name: str) -> bool:
        """Return whether a key is missing, even under a misspelt name."""
        return name not in self and name not in self.misspelt

    def add_foreign(
        self,
        key: ScalarNode,
        value: Node,
        known: frozenset[str],
        others: Mapping[str, str],
        suggestions: Suggestions,
    ) -> str | None:
        """Record an unknown key, and return the known one that it probably stands for.

        Args:
            key: the unknown key.
            value: its value; known keys in it are probably one level too deep.
            known: all keys of the object.
            others: names in other tools, with those of telemap.
            suggestions: finds the nearest key.
        """
        self.foreign = True
        if isinstance(value, MapNode):
            self.misspelt.update(inner.text for inner, _ in value.entries if inner.text in known)
        word = others.get(key.text) or suggestions.key(key.text, known)
        if word:
            self.misspelt.add(word)
        return word


class Suggestions:
    """Suggest known words for misspelt ones, until a number of comparisons.

    A mapping can have thousands of misspelt words and of known ones; a comparison takes 10 us.
    """

    def __init__(self) -> None:
        self._left = _MAX_COMPARED
        self._known: dict[tuple[str, frozenset[str]], str | None] = {}

    def key(self, text: str, keys: frozenset[str]) -> str | None:
        """Return the nearest key; results are cached, because typos repeat."""
        if (text, keys) not in self._known:
            self._known[text, keys] = nearest_word(text, keys) if self._spend(keys) else None
        return self._known[text, keys]

    def nearest(self, text: str, words: Collection[str]) -> str | None:
        """Suggest the nearest word."""
        return nearest(text, words) if self._spend(words) else None

    def nearest_or_all(self, text: str, words: Collection[str], none: str | None = None) -> str | None:
        """Suggest the nearest word, or else list the known ones.

        Args:
            text: the misspelt word.
            words: the known words.
            none: the text if no word is known.
        """
        if not self._spend(words):
            return None
        return nearest(text, words) or (f"one of: {first_of(words)}" if words else none)

    def _spend(self, words: Collection[str]) -> bool:
        """Count comparisons; return whether they are within the limit."""
        is_left = self._left > 0
        self._left -= len(words)
        return is_left


def first_of(words: Collection[str]) -> str:
    """List words in order; of many, the first ones and the number of others."""
    shown = ", ".join(nsmallest(_MAX_LISTED, words))
    more = len(words) - _MAX_LISTED
    return f"{shown} and {more:,} more" if more > 0 else shown


def listed(words: Sequence[str]) -> str:
    """Join words with commas and "and"."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def nearest(text: str, words: Iterable[str]) -> str | None:
    """Suggest the nearest word."""
    word = nearest_word(text, words)
    return f"did you mean {word!r}?" if word else None


def nearest_word(text: str, words: Iterable[str]) -> str | None:
    """Return the nearest word."""
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is wrong

    if len(text) > _LONGEST_NAME:
        return None
    by_lower = {word.lower(): word for word in words if len(word) <= 2 * _LONGEST_NAME}
    near = get_close_matches(text.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None
