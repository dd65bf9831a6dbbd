"""YAML nodes with their locations in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from telemap.document.text import Lines
    from telemap.problem import Problem
    from telemap.problem.place import Span


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar: its text, and whether it is plain (without quotes).

    Whether the text is a number, a boolean or null depends on the field, and is decided elsewhere.
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
    """The contents of one mapping file.

    Attributes:
        name: the name of the file, as given by the user.
        lines: the lines of the text, without line ends.
        sha256: digest of the file's bytes, in hexadecimal.
        root: the top node.
        problems: errors after which reading continued.
        nodes: the number of nodes, with expanded aliases.
    """

    name: str
    lines: Lines
    sha256: str
    root: Node
    problems: tuple[Problem, ...] = ()
    nodes: int = 0

    @property
    def characters(self) -> int:
        """Return the number of characters, including line ends."""
        return len(self.lines.text)
