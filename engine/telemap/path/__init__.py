"""JSON paths.

`parse` reads the text of a path. jsonpath-ng parses complex paths, behind the boundary `jsonpath`. `finding` evaluates
them, with our own `selectors` and `filters` if possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

Step: TypeAlias = str | int
"""One step of a plain path: a name in an object, or an index in an array."""

MAX_TEXT: Final = 8192
"""Maximum number of characters that a regex sees, in a path or elsewhere."""

RESERVED: Final = frozenset({"where", "wherenot", "null", "true", "false"})
"""Bare names that are keywords of jsonpath-ng, which therefore parses paths with them."""

SEVERAL: Final = object()
"""The result of a path that found more than one node instead of one."""


class Root(Enum):
    """Where a path starts: at the event, or at the item of a step of `each` or its key."""

    EVENT = "$"
    ITEM = "."
    KEY = "$key"


class PathFault(Exception):  # noqa: N818 - the checker turns it into a problem, users never see it
    """An invalid or unsupported path.

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
        root: where it starts.
        query: the path for jsonpath-ng, with `$` as its root.
        steps: the steps from the root of a plain path; otherwise None.
        every: whether a plain path ends with `[*]` or `.*`, for every member of the node at its steps.
        searches: whether it has a regex (`=~`, `sub`), so that untrusted text can make it slow.
        up: how many steps of `each` above the innermost one it starts: one for each `$parent`.
    """

    text: str
    root: Root
    query: str
    steps: tuple[Step, ...] | None
    every: bool = False
    searches: bool = False
    up: int = 0

    @property
    def begin(self) -> str:
        """Return the path to the node at which it starts."""
        parents = ".".join(("$parent",) * self.up)
        if self.root is Root.KEY:
            return f"{parents}.$key" if parents else "$key"
        return parents or self.root.value

    @property
    def can_be_several(self) -> bool:
        """Return whether a path for one node can find several, which only filters can."""
        return self.steps is None
