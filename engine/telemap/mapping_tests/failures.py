"""The outcome of a test, and the changes that would make it pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from telemap.mapping_tests.model import MappingTest
    from telemap.mapping_tests.running import Played, Result
    from telemap.mapping_tests.subject import Origin
    from telemap.problem.place import Place


@dataclass(frozen=True, slots=True)
class NewNumber:
    """A new number in the test file."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class NewText:
    """A new exposition in the test file."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """A new exposition in a file of its own."""

    path: str
    text: str


Change: TypeAlias = NewNumber | NewText | NewFile


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that does not hold.

    Attributes:
        place: of the expectation.
        expected: the expected lines, in Prometheus's text format; may be empty.
        got: the actual lines.
        notes: lines that explain the difference.
        origins: the sources that made the actual series.
        change: makes the expectation hold; None if only the author can decide.
    """

    place: Place
    message: str
    expected: str = ""
    got: str = ""
    notes: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test that was run."""

    test: MappingTest
    played: Played
    result: Result
    failures: tuple[Failure, ...]
