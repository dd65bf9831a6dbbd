"""Which mapping runs: the user's, or when that cannot be used the shipped default."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from telemap.compiler import compile as compile_mapping
from telemap.errors import MappingError
from telemap.load import load
from telemap.problem.drawing import draw
from telemap.resources import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.plan import Plan

DEFAULT = f"{SHIPPED}default"

FOLDERS = ("/var/task", "/opt", ".")
"""Where a relative path is looked up: the function's package, its layers, the working directory."""

_INSTANCE = "instance"
"""The label of the grouping key that holds the instance id."""


class Chosen(NamedTuple):
    """The plan that runs.

    Attributes:
        plan: the compiled mapping.
        faults: why it is not the user's, a line or a drawing each; empty when it is.
    """

    plan: Plan
    faults: tuple[str, ...]


def choose(mapping_file: str, grouping: Iterable[str]) -> Chosen:
    """Load and compile the user's mapping; fall back to the default when it cannot be used.

    Args:
        mapping_file: the setting `MAPPING_FILE`; empty for the default.
        grouping: label names of the grouping key, which no metric label may meet.
    """
    if not mapping_file:
        return Chosen(compile_mapping(load(DEFAULT)), ())
    try:
        plan = compile_mapping(load(find(mapping_file)))
        faults = _meetings(plan, grouping)
    except MappingError as error:
        faults = tuple(draw(problem) for problem in error.problems)
    if faults:
        return Chosen(compile_mapping(load(DEFAULT)), faults)
    return Chosen(plan, ())


def find(mapping_file: str) -> str:
    """Give the path of a mapping that was named in the environment."""
    if mapping_file.startswith(SHIPPED) or Path(mapping_file).is_absolute():
        return mapping_file
    candidates = [Path(folder) / mapping_file for folder in FOLDERS]
    return next((str(path) for path in candidates if path.is_file()), mapping_file)


def _meetings(plan: Plan, grouping: Iterable[str]) -> tuple[str, ...]:
    """Report metric labels that meet the grouping key: the gateway would overwrite them in silence.

    A label `instance` that is the instance id says what the grouping key says.
    """
    return tuple(
        f"metric {shape.name!r}: label {name!r} is in the grouping key too, and the gateway would overwrite it"
        for shape in plan.families
        for name in sorted(set(shape.label_names) & set(grouping) - (shape.instance_labels & {_INSTANCE}))
    )
