"""Choose the mapping to run: the user's, or the shipped default if that cannot be used."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from telemap.errors import MappingError
from telemap.plan_files.reading import read_plan
from telemap.resources import SHIPPED, look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from telemap.plan import Plan
    from telemap.problem import Problem

DEFAULT = f"{SHIPPED}default"

FOLDERS = ("/var/task", "/opt", ".")
"""Search path for relative paths: the function's package, its layers, the working directory."""

_MAX_MEETINGS = 100
"""Most label conflicts with the grouping key to report."""

_INSTANCE = "instance"
"""The grouping label that holds the instance id."""


class Chosen(NamedTuple):
    """The plan to run.

    Attributes:
        plan: the compiled mapping.
        faults: why it is not the user's, each a line or a drawing; empty if it is.
    """

    plan: Plan
    faults: tuple[str, ...]


def choose(
    mapping_file: str, grouping: Iterable[str], say: Callable[[str], None], *, to_gateway: bool = True
) -> Chosen:
    """Return the plan of the user's mapping, or the default if it cannot be used.

    Args:
        mapping_file: the setting `MAPPING_FILE`; empty for the default.
        grouping: label names of the grouping key, which must not clash with metric labels.
        say: called with a line if a compiled plan is not used, to explain a slow start.
        to_gateway: whether a Pushgateway gets the metrics, which has names of its own.
    """
    if not mapping_file:
        return Chosen(_plan(DEFAULT, say), ())
    try:
        plan = _plan(find(mapping_file), say, to_gateway=to_gateway)
        faults = _meetings(plan, grouping)
    except MappingError as error:
        faults = _draw(error.problems)
    if faults:
        return Chosen(_plan(DEFAULT, say), faults)
    return Chosen(plan, ())


def _draw(problems: Sequence[Problem]) -> tuple[str, ...]:
    """Draw the first problems, and state how many others there are."""
    from telemap.problem.choosing import choose  # noqa: PLC0415 - only when something is wrong
    from telemap.problem.drawing import draw  # noqa: PLC0415 - as above

    chosen, others = choose(problems)
    return (*map(draw, chosen), *([others] if others else []))


def _plan(name: str, say: Callable[[str], None], *, to_gateway: bool = True) -> Plan:
    """Read the compiled plan of a mapping, or compile the mapping.

    Raises:
        MappingError: the mapping has errors.
    """
    plan = read_plan(name, say)
    if plan is not None:
        return plan
    from telemap.compiler import compile as compile_mapping  # noqa: PLC0415 - a compiled plan needs neither
    from telemap.load import load  # noqa: PLC0415 - as above

    return compile_mapping(load(name, to_gateway=to_gateway))


def find(mapping_file: str) -> str:
    """Return the path of the mapping named in the environment."""
    return mapping_file if mapping_file.startswith(SHIPPED) else look_up(mapping_file, FOLDERS)


def _meetings(plan: Plan, grouping: Iterable[str]) -> tuple[str, ...]:
    """Report metric labels that clash with the grouping key: the gateway would silently overwrite them.

    A label `instance` set to the instance id agrees with the grouping key.
    """
    meetings = (
        f"metric {shape.name!r}: label {name!r} is in the grouping key too, and the gateway would overwrite it"
        for shape in plan.families
        for name in sorted(set(shape.label_names) & set(grouping) - (shape.instance_labels & {_INSTANCE}))
    )
    return tuple(islice(meetings, _MAX_MEETINGS))
