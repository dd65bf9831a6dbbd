"""A mapping as it was written: YAML nodes that know their place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from telemap.problem import Problem
    from telemap.problem.place import Span


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar: its text, and whether it was written plain, without quotes.

    What the text means (a number, a truth value, null) is decided by the field that it stands in, never here.
    """

    span: Span
    text: str
    plain: bool

    @property
    def is_null(self) -> bool:
        """Return whether the scalar is YAML's null (1.2 core schema)."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class ListNode:
    """A YAML sequence."""

    span: Span
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapNode:
    """A YAML mapping: unique keys in file order."""

    span: Span
    entries: tuple[tuple[ScalarNode, Node], ...]


Node: TypeAlias = ScalarNode | ListNode | MapNode


@dataclass(frozen=True, slots=True)
class Document:
    """One mapping file as read.

    Attributes:
        name: what the user called the file.
        lines: the text, line by line, without line ends.
        sha256: digest of the file's bytes, in hexadecimal.
        root: the top node.
        problems: what was read over, and is an error all the same.
        nodes: how many nodes there are, aliases expanded.
    """

    name: str
    lines: tuple[str, ...]
    sha256: str
    root: Node
    problems: tuple[Problem, ...] = ()
    nodes: int = 0

    @property
    def characters(self) -> int:
        """Count the characters of the text, line ends among them."""
        return sum(map(len, self.lines)) + len(self.lines)
