"""A problem in a mapping: what is wrong, where, and how to fix it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from telemap.problem.codes import CODES
from telemap.terminal_text import terminal_text

if TYPE_CHECKING:
    from telemap.problem.place import Place


class Severity(Enum):
    """A mapping with errors cannot be used; one with warnings can."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem in a mapping.

    Attributes:
        code: a stable name, one of `telemap.problem.codes.CODES`.
        severity: whether it is an error or a warning.
        message: what is wrong, in one line.
        place: the location; None for a file that could not be read.
        file: the file with the problem.
        help: how to fix it, if known.
        related: the second location of a conflict, with its description.
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
        """Return the problem in one line, without drawing its location."""
        where = str(self.place) if self.place else self.file
        return terminal_text(f"{where}: {self.severity.value}: {self.message} [{self.code}]")
