"""The contents of a test file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from telemap.mapping_tests.series_text import SampleName, Selector
    from telemap.problem import Problem
    from telemap.problem.place import Place


@dataclass(frozen=True, slots=True)
class EventFile:
    """Events in a recording.

    Attributes:
        path: relative to the current directory.
        place: of its name in the test file.
    """

    path: str
    place: Place


Events: TypeAlias = "tuple[Any, ...] | EventFile"


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that arrive together.

    Attributes:
        at: seconds since the start of the test.
    """

    events: Events
    at: float


@dataclass(frozen=True, slots=True)
class ExpectedSample:
    """A sample that must exist, with its value.

    Attributes:
        tolerance: allowed difference from the value, in the same unit.
        place: of the sample.
        value_place: of its value.
    """

    name: SampleName
    value: float
    tolerance: float
    place: Place
    value_place: Place


@dataclass(frozen=True, slots=True)
class Absence:
    """Series that must not exist.

    Attributes:
        text: the selector as written.
    """

    selector: Selector
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class ExpectedText:
    """The whole exposition.

    Attributes:
        path: the file that contains it; None if it is in the test file.
        place: of the text, or of the file's name.
    """

    text: str
    path: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """An expected count.

    Attributes:
        what: the family; empty for counts of events.
        name: what is counted, such as the reason of a skip.
        place: of the count.
    """

    what: str
    name: str
    count: int
    place: Place


@dataclass(frozen=True, slots=True)
class Expectations:
    """The expectations of a test.

    Attributes:
        only: location of `only: true`, which excludes series not in `series`.
        skips: number of skipped samples, by family and reason.
        skip_places: the families listed under `skips`; their other reasons must have no skips.
        overflows: number of samples beyond a series limit, by family.
        events: number of events that were malformed, dropped or unmatched.
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
        place: of its name.
        env: the variables for `${env:NAME}`; the process's environment is not visible.
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
        name: its name on the command line.
        mapping: the mapping under test: a path, or `telemap:NAME`.
        mapping_place: where the file names it; None if it is the mapping next to the file.
        warnings: warnings about the file.
    """

    name: str
    mapping: str
    mapping_place: Place | None
    tests: tuple[MappingTest, ...]
    warnings: tuple[Problem, ...] = ()
