"""Split a source into probes, to find out where it stops.

A probe is a family with one source that tries one thing only: a test, a label, or a path. All probes of a source form
one mapping, which is compiled and applied like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from telemap.compiler import compile as compile_mapping
from telemap.model import (
    Constant,
    Conversion,
    Family,
    FirstOf,
    GaugeOperation,
    MetricType,
    Overflow,
    Source,
    ValueRule,
)
from telemap.path import Path, Root

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.model import DropRule, Mapping
    from telemap.plan import Plan
    from telemap.tracing.locations import TestLines

_ONE: Final = ValueRule(Constant(1.0))

DOCUMENT: Final = ValueRule(FirstOf((Path("$", Root.EVENT, "$", ()),)), convert=Conversion.DURATION)
"""The value of the probe that reads the whole event, with its parsed record."""


@dataclass(frozen=True, slots=True)
class Probes:
    """The compiled probes of a source: a family for each test of `when`, each label and each path.

    Attributes:
        plan: the plan of all probes.
        lines: the line of each test, nested ones included, in the order of `Condition.tests`. The families of the tests
            come first, then those of the labels.
    """

    plan: Plan
    lines: tuple[int | None, ...]


def make_probes(mapping: Mapping, family: Family, source: Source, test_lines: TestLines) -> Probes:
    """Make the probes of a source.

    Args:
        mapping: gives the plan its name.
        family: gives the probes their limits.
        source: with `each` of `observable_each`.
        test_lines: finds the lines of its tests.
    """
    bare = bare_source(source)
    tests = () if source.when is None else tuple(source.when.tests())
    probes = [replace(bare, when=test) for test in tests]
    probes += [replace(bare, labels=(rule,)) for rule in source.labels]
    probes += [replace(bare, value=reading(path)) for path in _paths(source)]
    probes.append(replace(bare, each=(), value=DOCUMENT))
    if source.parse is not None:
        probes.append(replace(bare, parse=None, each=(), value=reading_text(source.parse.path)))
    families = tuple(probe_family(family, f"probe{number}_total", probe) for number, probe in enumerate(probes))
    plan = compile_mapping(replace(mapping, families=families, drop=()))
    return Probes(plan, test_lines.lines(source))


def bare_source(source: Source) -> Source:
    """Return a source that makes a sample of each event or item that its `from`, `parse` and `each` find."""
    return replace(source, when=None, labels=(), value=_ONE, factor=1.0, operation=GaugeOperation.SET)


def source_of_drop(rule: DropRule) -> tuple[Family, Source]:
    """Return a drop rule as a source, to probe its tests."""
    place, end_line = rule.place, rule.place.span.end_line
    source = Source(rule.patterns, None, (), rule.when, (), _ONE, 1.0, GaugeOperation.SET, place, end_line)
    family = Family("drop", MetricType.COUNTER, "", (), (), 1, Overflow.FOLD, None, (), (source,), place, end_line)
    return family, source


def observable_each(each: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the paths of `each` as queries, which find the same and go through the instrument."""
    return tuple(path if path.steps is None else replace(path, steps=None, every=False) for path in each)


def reading(path: Path) -> ValueRule:
    """Return the value of the probe that reads a path; values of the long form go through the instrument."""
    one = replace(path, steps=None, every=False) if path.every else path  # to notice several nodes
    return ValueRule(FirstOf((one,)), convert=Conversion.LENGTH)


def reading_text(path: Path) -> ValueRule:
    """Return the value of the probe that reads the text to parse."""
    return ValueRule(FirstOf((path,)), convert=Conversion.BOOL)


def root_of(path: Path) -> Path | None:
    """Return the path to the node at which another path begins; None for keys."""
    return None if path.root is Root.KEY else Path(path.begin, path.root, "$", (), up=path.up)


def probe_family(family: Family, name: str, source: Source) -> Family:
    """Return a counter with a probing source.

    Args:
        family: gives it its limits.
        name: its name.
        source: the source.
    """
    return replace(
        family,
        name=name,
        type=MetricType.COUNTER,
        label_names=("probe",) if source.labels else (),
        buckets=(),
        expire=None,
        init=(),
        sources=(source,),
    )


def _paths(source: Source) -> Iterable[Path]:
    """Return the nodes at which a source's paths begin, and these paths."""
    roots = [root for path in source.paths if (root := root_of(path)) is not None]
    return dict.fromkeys((*roots, *source.paths))
