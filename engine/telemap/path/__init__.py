"""What a JSON path is, once it is read.

`parse` reads the text of a path. Paths that are not plain are read by jsonpath-ng, behind the boundary `jsonpath`; when
events come, `finding` follows them, by `selectors` and `filters` of our own where it can.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

Step: TypeAlias = str | int
"""One step of a plain path: a name in an object, or an index in an array."""

MAX_TEXT: Final = 8192
"""Most characters of a text that a regex sees, in a path or anywhere else."""

RESERVED: Final = frozenset({"where", "wherenot", "null", "true", "false"})
"""Bare names that jsonpath-ng reads as words of its own; it decides about paths with them."""

SEVERAL: Final = object()
"""Stands for the value where a path found more than one node, and one is wanted."""


class Root(Enum):
    """Where a path begins: at the event, or at something of the `each` around it."""

    EVENT = "$"
    ITEM = "."
    KEY = "$key"
    PARENT = "$parent"
    PARENT_KEY = "$parent.$key"


class PathFault(Exception):  # noqa: N818 - the checker turns it into a problem, users never see it
    """A text that looks like a path is none that telemap can use.

    Attributes:
        code: the problem code.
        help: how to fix it.
    """

    def __init__(self, code: str, message: str, help_: str) -> None:
        self.code = code
        self.help = help_
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Path:
    """A path to nodes of an event.

    Attributes:
        text: as written.
        root: where it begins.
        query: what jsonpath-ng is asked, with the root as `$`.
        steps: the steps from the root, when the path is plain; else None.
        every: whether a plain path means every member of what its steps lead to (a `[*]` or `.*` at its end).
        searches: whether a regex is in it (`=~`, `sub`), so that untrusted text can make it slow.
    """

    text: str
    root: Root
    query: str
    steps: tuple[Step, ...] | None
    every: bool = False
    searches: bool = False

    @property
    def can_be_several(self) -> bool:
        """Return whether a path of which one node is wanted can find several all the same: only by a filter."""
        return self.steps is None
