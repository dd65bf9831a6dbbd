"""What a JSON path is, once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Step: TypeAlias = str | int
"""One step of a plain path: a name in an object, or an index in an array."""


class PathFault(Exception):  # noqa: N818 - the checker turns it into a problem, users never see it
    """A text that looks like a path is none that telemap can use.

    Attributes:
        code: the problem code.
        help: the way out.
    """

    def __init__(self, code: str, message: str, help_: str) -> None:
        self.code = code
        self.help = help_
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Path:
    """A path to at most one node of an event.

    Attributes:
        text: as written.
        steps: the steps from the event, when the path is plain; else None.
    """

    text: str
    steps: tuple[Step, ...] | None
