"""The mapping under test, compiled, and what its sources do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.compiler import compile as compile_mapping
from telemap.document.included import is_within
from telemap.errors import MappingError
from telemap.load import load
from telemap.mapping_tests.running import AT_ONCE, play
from telemap.mapping_tests.witness import Witness, one_by_one
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
    """What made a series: a source, or the family's `init`.

    Attributes:
        number: which of its family's sources it is, from 1 on; 0 for `init`.
        of: how many its family has.
        place: of the source; for `init`, of the family.
    """

    family: str
    number: int
    of: int
    place: Place

    @property
    def name(self) -> str:
        """Name the family, and which of its sources this is, where it has several."""
        return f"{self.family}, rule {self.number} of {self.of}" if self.of > 1 else self.family

    def __str__(self) -> str:
        """Name it with its place, in one line."""
        return f"{self.place} ({self.name})" if self.number else f"'init' of {self.place} ({self.family})"


class Subject:
    """A mapping and its plan.

    Attributes:
        families: by full name.
        sources: all of them, as the plan numbers them.
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
        self._apart: Plan | None = None

    def watch(self, played: Played) -> Witness:
        """Play events to the sources one by one, and see which ones take samples."""
        self._apart = self._apart or one_by_one(self.mapping, self.plan)
        witness = Witness()
        # What sources share when they run together, such as text that a regex has parsed, each makes for itself here.
        play(instrumented(self._apart, witness), played, max(1, AT_ONCE // len(self.sources)))
        return witness


def load_subject(file: MappingTestFile, include_root: str | None = None) -> Subject:
    """Load the mapping that a file tests.

    Args:
        file: the tests.
        include_root: the folder that the mapping, and what it includes, must be in; any when None.

    Raises:
        MappingError: with the problems of the mapping; one of the test file when there is no such mapping.
    """
    if not file.mapping.startswith(SHIPPED) and not os.path.exists(file.mapping):  # noqa: PTH110 - Path may raise
        way_out = "set the mapping under test with 'mapping: PATH', relative to the test file"
        message = f"mapping {file.mapping} does not exist"
        raise MappingError(
            [Problem("file-unreadable", Severity.ERROR, message, file.name, file.mapping_place, help=way_out)]
        )
    is_shipped = file.mapping.startswith(SHIPPED)
    if include_root is not None and not is_shipped and not is_within(Path(file.mapping), Path(include_root)):
        message = f"mapping {file.mapping} is outside of {include_root}"
        raise MappingError([Problem("file-unreadable", Severity.ERROR, message, file.name, file.mapping_place)])
    return Subject(load(file.mapping, include_root=include_root))
