"""What a test found, and what would make it right."""

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
    """A number in the test file that would be another."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class NewText:
    """A text in the test file that would be another: the exposition."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that would have another text: an exposition's."""

    path: str
    text: str


Change: TypeAlias = NewNumber | NewText | NewFile


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that does not hold.

    Attributes:
        place: of the expectation.
        expected: what it wants, in Prometheus's text format; empty where it wants nothing.
        got: what there is.
        notes: what explains the difference, a line each.
        origins: the sources that made what there is.
        change: what would make the expectation hold; None where only the author can tell.
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
