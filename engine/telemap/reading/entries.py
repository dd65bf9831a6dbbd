"""The keys of an object, and suggestions for unknown ones."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING, NamedTuple

from telemap.document.nodes import MapNode, Node, ScalarNode
from telemap.reading.nearness import nearest, nearest_word

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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
        *,
        is_elsewhere: bool,
    ) -> str | None:
        """Record an unknown key, and return the known one that it probably stands for.

        Args:
            key: the unknown key.
            value: its value; known keys in it are probably one level too deep.
            known: all keys of the object.
            others: names in other tools, with those of telemap.
            suggestions: finds the nearest key.
            is_elsewhere: whether another object has such a key; it is misspelt only if one letter is wrong.
        """
        self.foreign = True
        if isinstance(value, MapNode):
            self.misspelt.update(inner.text for inner, _ in value.entries if inner.text in known)
        word = others.get(key.text) or suggestions.key(key.text, known)
        if is_elsewhere and key.text not in others and word and not is_slip(key.text, word):
            word = None
        if word:
            self.misspelt.add(word)
        return word


class Misplaced(NamedTuple):
    """What to say about an unknown key.

    Attributes:
        help: where it belongs, or what is meant.
        is_key: whether another object has such a key; otherwise, a similar key of this one is more likely.
    """

    help: str
    is_key: bool = True


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


def listed(words: Sequence[str], last_word: str = "and") -> str:
    """Join words with commas and "and" or another word."""
    *others, last = words
    return f"{', '.join(others)} {last_word} {last}" if others else last


def is_slip(text: str, word: str) -> bool:
    """Return whether a letter was added, left out or replaced in a word of four letters or more, or two changed places.

    Args:
        text: what was written.
        word: the word.
    """
    if sorted(text) == sorted(word):
        return True
    if min(len(text), len(word)) <= 3 or abs(len(text) - len(word)) > 1:
        return False
    start = next((at for at, (one, other) in enumerate(zip(text, word, strict=False)) if one != other), None)
    if start is None:
        return True
    rest, other = text[start:], word[start:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]
