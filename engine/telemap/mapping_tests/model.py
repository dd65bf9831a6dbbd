"""A test file, as it was meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from telemap.mapping_tests.series_text import SampleName, Selector
    from telemap.problem import Problem
    from telemap.problem.place import Place


@dataclass(frozen=True, slots=True)
class EventFile:
    """Events that stand in a recording.

    Attributes:
        path: relative to where the command runs.
        place: where the test file names it.
    """

    path: str
    place: Place


Events: TypeAlias = "tuple[Any, ...] | EventFile"


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that come together.

    Attributes:
        at: seconds since the test began.
    """

    events: Events
    at: float


@dataclass(frozen=True, slots=True)
class ExpectedSample:
    """A sample that must be there, with its value.

    Attributes:
        tolerance: how far the value may be off, in its own unit.
        place: where the sample is named.
        value_place: where its value stands.
    """

    name: SampleName
    value: float
    tolerance: float
    place: Place
    value_place: Place


@dataclass(frozen=True, slots=True)
class Absence:
    """Series that must not be there.

    Attributes:
        text: the selector, as it is written.
    """

    selector: Selector
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class ExpectedText:
    """All of the exposition.

    Attributes:
        path: the file that it stands in; None when it stands in the test file.
        place: of the text, or of the file's name.
    """

    text: str
    path: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """How often something happened.

    Attributes:
        what: the family; empty where counts are not of a family.
        name: what is counted, such as the reason of a skip.
        place: where the count stands.
    """

    what: str
    name: str
    count: int
    place: Place


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a test expects; what it does not name may be as it is.

    Attributes:
        only: where it says that there are no other series than those of `series`.
        skips: samples that were not taken, by family and reason.
        skip_places: families whose skips are told in full.
        overflows: samples beyond a series limit, by family.
        events: events that were malformed, dropped, or that no source reads.
    """

    series: tuple[ExpectedSample, ...] = ()
    only: Place | None = None
    absent: tuple[Absence, ...] = ()
    exposition: ExpectedText | None = None
    skips: tuple[ExpectedCount, ...] = ()
    skip_places: tuple[tuple[str, Place], ...] = ()
    overflows: tuple[ExpectedCount, ...] = ()
    events: tuple[ExpectedCount, ...] = ()


@dataclass(frozen=True, slots=True)
class MappingTest:
    """One test.

    Attributes:
        place: where its name stands.
        env: what `${env:NAME}` reads; nothing else of the environment is there.
    """

    name: str
    place: Place
    env: dict[str, str]
    batches: tuple[Batch, ...]
    expect: Expectations


@dataclass(frozen=True, slots=True)
class MappingTestFile:
    """A file of tests.

    Attributes:
        name: what the user called it.
        mapping: the mapping under test: a path, or `telemap:NAME`.
        mapping_place: where it is named; None when it is the one beside the file.
        warnings: what is doubtful in the file.
    """

    name: str
    mapping: str
    mapping_place: Place | None
    tests: tuple[MappingTest, ...]
    warnings: tuple[Problem, ...] = ()
