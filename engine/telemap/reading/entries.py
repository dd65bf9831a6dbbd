"""The keys of an object as they were read, and what unknown ones were most likely meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.document.nodes import MapNode, Node, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_LONGEST_NAME = 64
"""Longest text that may be a mistyped name: finding the nearest name takes time."""


class Entries(dict[str, tuple[ScalarNode, Node]]):
    """The known keys of an object, in file order, each with its value.

    Attributes:
        meant: known keys that unknown ones were most likely meant to be: to say that they are missing is no news.
        foreign: whether there are unknown keys.
    """

    def __init__(self) -> None:
        super().__init__()
        self.meant: set[str] = set()
        self.foreign = False

    def lacks(self, name: str) -> bool:
        """Return whether a key is not there, and no unknown one can be meant to be it."""
        return name not in self and name not in self.meant

    def add_foreign(
        self, key: ScalarNode, value: Node, known: Collection[str], others: Mapping[str, str]
    ) -> str | None:
        """Take note of an unknown key; give the known one that it was most likely meant to be.

        Args:
            key: the unknown key.
            value: what is under it; known keys that stand there were meant to stand here.
            known: all keys that may stand here.
            others: words of other tools, with what they are called here.
        """
        self.foreign = True
        if isinstance(value, MapNode):
            self.meant.update(inner.text for inner, _ in value.entries if inner.text in known)
        word = others.get(key.text) or nearest_word(key.text, sorted(known))
        if word:
            self.meant.add(word)
        return word


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
    by_lower = {word.lower(): word for word in words}
    near = get_close_matches(text.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None
