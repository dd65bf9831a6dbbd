"""The mapping under test."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telemap.compiler import compile as compile_mapping
from telemap.errors import MappingError
from telemap.load import load
from telemap.mapping_tests.running import AT_ONCE, play
from telemap.mapping_tests.witness import SourceObserver, with_separate_handlers
from telemap.problem import Problem, Severity
from telemap.resources import SHIPPED
from telemap.tracing.instrument import instrumented

if TYPE_CHECKING:
    from telemap.mapping_tests.model import MappingTestFile
    from telemap.mapping_tests.running import Played
    from telemap.model import Family, Mapping
    from telemap.plan import Plan
    from telemap.problem.place import Place


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a series: a source, or the `init` of its family.

    Attributes:
        number: number of the source in its family, from 1; 0 for `init`.
        of: number of sources in the family.
        place: of the source; for `init`, of the family.
    """

    family: str
    number: int
    of: int
    place: Place

    @property
    def name(self) -> str:
        """The name of the family, with the number of the source if there are several."""
        return f"{self.family}, rule {self.number} of {self.of}" if self.of > 1 else self.family

    def __str__(self) -> str:
        """Return the location and the name."""
        return f"{self.place} ({self.name})" if self.number else f"'init' of {self.place} ({self.family})"


class Subject:
    """A mapping and its plan.

    Attributes:
        families: by full name.
        sources: all sources, in the plan's order.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.plan = compile_mapping(mapping)
        self.families: dict[str, Family] = {family.name: family for family in mapping.families}
        self.sources = tuple(
            Origin(family.name, number, len(family.sources), source.place)
            for family in mapping.families
            for number, source in enumerate(family.sources, 1)
        )
        self._separate_plan: Plan | None = None

    def observe(self, played: Played) -> SourceObserver:
        """Apply events to each source separately, and observe which sources take samples."""
        self._separate_plan = self._separate_plan or with_separate_handlers(self.mapping, self.plan)
        observer = SourceObserver()
        # Separate sources do not share work, such as parsing with a regex, so fewer events share the time limit.
        play(instrumented(self._separate_plan, observer), played, max(1, AT_ONCE // len(self.sources)))
        return observer


def load_subject(file: MappingTestFile, include_root: str | None = None) -> Subject:
    """Load the mapping under test.

    Args:
        file: the tests.
        include_root: the folder that files it includes must be in; any when None.

    Raises:
        MappingError: with the problems of the mapping, or that there is no such file.
    """
    if not file.mapping.startswith(SHIPPED) and not os.path.exists(file.mapping):  # noqa: PTH110 - Path may raise
        help_ = "set the mapping under test with 'mapping: PATH', relative to the test file"
        message = f"mapping {file.mapping} does not exist"
        raise MappingError(
            [Problem("file-unreadable", Severity.ERROR, message, file.name, file.mapping_place, help=help_)]
        )
    return Subject(load(file.mapping, include_root=include_root))
