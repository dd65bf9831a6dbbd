"""Find the sources that no test covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telemap.resources import SHIPPED, mapping_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from telemap.mapping_tests.failures import Outcome
    from telemap.mapping_tests.subject import Origin, Subject
    from telemap.problem.place import Span


@dataclass(frozen=True, slots=True)
class CoveredSource:
    """A source, and whether it took a sample in any test."""

    origin: Origin
    ran: bool


@dataclass(frozen=True, slots=True)
class CoveredFile:
    """The sources defined in a file.

    Attributes:
        is_known: whether its sources are known; False for a mapping with errors.
    """

    name: str
    sources: tuple[CoveredSource, ...]
    is_known: bool = True

    @property
    def ran(self) -> int:
        """Count the sources that ran."""
        return sum(source.ran for source in self.sources)


def percentage(ran: int, of: int) -> int:
    """Return a share in percent, rounded down, so that 100 means all."""
    return 100 * ran // of if of else 100


def covered_files(tested: Iterable[tuple[Subject, Iterable[Outcome]]]) -> tuple[CoveredFile, ...]:
    """Return all sources by the file that defines them.

    A source that several mappings include is covered by the tests of any of them. Sources of a shipped mapping count
    only if that mapping is itself under test.

    Args:
        tested: each mapping with the outcomes of its tests, if it has any.
    """
    found: dict[tuple[Path, Span, str], CoveredSource] = {}
    names: dict[Path, str] = {}
    subjects = [(subject, list(outcomes)) for subject, outcomes in tested]
    under_test = {mapping_path(subject.mapping.name).resolve() for subject, _ in subjects}
    for subject, outcomes in subjects:
        took = {source for outcome in outcomes for source in subject.observe(outcome.played).took}
        for number, origin in enumerate(subject.sources):
            place = origin.place
            path = mapping_path(place.file).resolve()
            if place.file.startswith(SHIPPED) and path not in under_test:
                continue
            names.setdefault(path, place.file)
            identity = (path, place.span, origin.family)
            if (known := found.get(identity)) is not None and known.ran:
                continue
            found[identity] = CoveredSource(origin, number in took)
    return tuple(
        CoveredFile(name, tuple(source for (where, _, _), source in found.items() if where == path))
        for path, name in sorted(names.items(), key=lambda item: item[1])
    )
