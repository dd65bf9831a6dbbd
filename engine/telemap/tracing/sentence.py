"""A sentence of an explanation."""

from __future__ import annotations

from typing import NamedTuple


class Sentence(NamedTuple):
    """A sentence about what happened to an event.

    Attributes:
        text: one line.
        depth: how deep it is below the sentence before it.
        line: the line of the test that it is about, in the file of the rule; None if it is about none.
        item: the item of `each` that it is about, such as `[0]`; empty if there is no `each`.
    """

    text: str
    depth: int = 0
    line: int | None = None
    item: str = ""

    def __str__(self) -> str:
        """Return the sentence as a line, indented by its depth."""
        line = f"{'  ' * self.depth}{self.text}"
        return f"{self.item} {line}" if self.item else line

    def deeper(self) -> Sentence:
        """Return the sentence one step deeper."""
        return self._replace(depth=self.depth + 1)
