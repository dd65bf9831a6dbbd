"""The mapping under test, compiled."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from telemap.compiler import compile as compile_mapping
from telemap.errors import MappingError
from telemap.load import load
from telemap.problem import Problem, Severity
from telemap.resources import SHIPPED
from telemap.tracing.alone import LoneSource, lone_sources

if TYPE_CHECKING:
    from telemap.mapping_tests.model import MappingTestFile
    from telemap.model import Family, Mapping
    from telemap.plan import Plan


class Subject:
    """A mapping, its plan, and the plans of its sources, each alone.

    Attributes:
        families: by full name.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.plan = compile_mapping(mapping)
        self.families: dict[str, Family] = {family.name: family for family in mapping.families}
        self._lone: dict[str, list[LoneSource]] = {name: [] for name in self.families}
        for lone in lone_sources(mapping):
            self._lone[lone.family.name].append(lone)
        self._sources: dict[str, tuple[tuple[LoneSource, Plan], ...]] = {}

    @property
    def sources(self) -> tuple[tuple[LoneSource, Plan], ...]:
        """Give each source with the plan that has nothing else."""
        return tuple(source for name in self.families for source in self.sources_of(name))

    def sources_of(self, family: str) -> tuple[tuple[LoneSource, Plan], ...]:
        """Give each source of a family with the plan that has nothing else."""
        if family not in self._sources:
            self._sources[family] = tuple((lone, compile_mapping(lone.mapping)) for lone in self._lone[family])
        return self._sources[family]


def load_subject(file: MappingTestFile) -> Subject:
    """Load the mapping that a file tests.

    Raises:
        MappingError: with the problems of the mapping; one of the test file when there is no such mapping.
    """
    if not file.mapping.startswith(SHIPPED) and not os.path.exists(file.mapping):  # noqa: PTH110 - Path may raise
        way_out = "name the mapping under test: 'mapping: PATH', relative to the test file"
        message = f"there is no mapping {file.mapping}"
        raise MappingError(
            [Problem("file-unreadable", Severity.ERROR, message, file.name, file.mapping_place, help=way_out)]
        )
    return Subject(load(file.mapping))
