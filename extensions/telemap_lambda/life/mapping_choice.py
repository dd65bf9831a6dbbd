"""Which mapping runs: the user's, or when that cannot be used the shipped default."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from telemap.errors import MappingError
from telemap.plan_files.reading import read_plan
from telemap.resources import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from telemap.plan import Plan
    from telemap.problem import Problem

DEFAULT = f"{SHIPPED}default"

FOLDERS = ("/var/task", "/opt", ".")
"""Where a relative path is looked up: the function's package, its layers, the working directory."""

_MAX_MEETINGS = 100
"""Most labels that are reported because they meet the grouping key."""

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


def choose(mapping_file: str, grouping: Iterable[str], say: Callable[[str], None]) -> Chosen:
    """Return the plan of the user's mapping; fall back to the default when it cannot be used.

    Args:
        mapping_file: the setting `MAPPING_FILE`; empty for the default.
        grouping: label names of the grouping key, which no metric label may meet.
        say: called with a line for those who look for why a start is slow: a compiled plan that is not used.
    """
    if not mapping_file:
        return Chosen(_plan(DEFAULT, say), ())
    try:
        plan = _plan(find(mapping_file), say)
        faults = _meetings(plan, grouping)
    except MappingError as error:
        faults = _draw(error.problems)
    if faults:
        return Chosen(_plan(DEFAULT, say), faults)
    return Chosen(plan, ())


def _draw(problems: Sequence[Problem]) -> tuple[str, ...]:
    """Draw problems; of thousands the first ones, and how many others there are."""
    from telemap.problem.choosing import choose  # noqa: PLC0415 - only when something is wrong
    from telemap.problem.drawing import draw  # noqa: PLC0415 - as above

    chosen, others = choose(problems)
    return (*map(draw, chosen), *([others] if others else []))


def _plan(name: str, say: Callable[[str], None]) -> Plan:
    """Take the compiled plan of a mapping, or else compile it.

    Raises:
        MappingError: the mapping has errors.
    """
    plan = read_plan(name, say)
    if plan is not None:
        return plan
    from telemap.compiler import compile as compile_mapping  # noqa: PLC0415 - a compiled plan needs neither
    from telemap.load import load  # noqa: PLC0415 - as above

    return compile_mapping(load(name))


def find(mapping_file: str) -> str:
    """Return the path of a mapping that was named in the environment."""
    if mapping_file.startswith(SHIPPED) or Path(mapping_file).is_absolute():
        return mapping_file
    candidates = [Path(folder) / mapping_file for folder in FOLDERS]
    return next((str(path) for path in candidates if path.is_file()), mapping_file)


def _meetings(plan: Plan, grouping: Iterable[str]) -> tuple[str, ...]:
    """Report metric labels that meet the grouping key: the gateway would overwrite them in silence.

    A label `instance` that is the instance id says what the grouping key says.
    """
    meetings = (
        f"metric {shape.name!r}: label {name!r} is in the grouping key too, and the gateway would overwrite it"
        for shape in plan.families
        for name in sorted(set(shape.label_names) & set(grouping) - (shape.instance_labels & {_INSTANCE}))
    )
    return tuple(islice(meetings, _MAX_MEETINGS))
