"""A problem of a mapping: what is wrong, where, and how to fix it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from telemap.problem.codes import CODES
from telemap.terminal_text import terminal_text

if TYPE_CHECKING:
    from telemap.problem.place import Place


class Severity(Enum):
    """Errors stop a mapping, warnings do not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a mapping.

    Attributes:
        code: a stable name, one of `telemap.problem.codes.CODES`.
        severity: whether it stops the mapping.
        message: what is wrong, in one line.
        place: where; None for a file that could not be read at all.
        file: the file that the problem is in.
        help: how to fix it, if known.
        related: the other place, when two places disagree, with what stands there.
    """

    code: str
    severity: Severity
    message: str
    file: str
    place: Place | None = None
    help: str | None = None
    related: tuple[Place, str] | None = None

    def __post_init__(self) -> None:
        if self.code not in CODES:
            message = f"unknown problem code {self.code!r}"
            raise ValueError(message)

    def text(self) -> str:
        """Report the problem in one line, as it stands before the drawing of its place."""
        where = str(self.place) if self.place else self.file
        return terminal_text(f"{where}: {self.severity.value}: {self.message} [{self.code}]")
