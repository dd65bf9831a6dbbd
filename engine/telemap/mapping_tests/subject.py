"""The mapping under test, compiled."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from telemap.compiler import compile as compile_mapping
from telemap.errors import MappingError
from telemap.load import load
from telemap.problem import Problem, Severity
from telemap.resources import SHIPPED, mapping_path
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

    @cached_property
    def sources(self) -> tuple[tuple[LoneSource, Plan], ...]:
        """Give each source with the plan that has nothing else."""
        return tuple((lone, compile_mapping(lone.mapping)) for lone in lone_sources(self.mapping))


def load_subject(file: MappingTestFile) -> Subject:
    """Load the mapping that a file tests.

    Raises:
        MappingError: with the problems of the mapping; one of the test file when there is no such mapping.
    """
    if not file.mapping.startswith(SHIPPED) and not mapping_path(file.mapping).exists():
        way_out = "name the mapping under test: 'mapping: PATH', relative to the test file"
        message = f"there is no mapping {file.mapping}"
        raise MappingError(
            [Problem("file-unreadable", Severity.ERROR, message, file.name, file.mapping_place, help=way_out)]
        )
    return Subject(load(file.mapping))
