"""What a source is cut into, so that the engine can say how far it comes.

A probe is a family with one source that stops early: only the items of `each`, one test, one label, or what a path
finds. All probes of a source are one mapping, which is compiled and run as any other.
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
from telemap.problem.place import Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.model import DropRule, Mapping
    from telemap.plan import Plan
    from telemap.tracing.locations import TestPlaces

_ONE: Final = ValueRule(Constant(1.0))

ROOT_TEXTS: Final = {Root.EVENT: "$", Root.ITEM: ".", Root.PARENT: "$parent"}
"""How paths are written that lead to where others begin."""


DOCUMENT: Final = ValueRule(FirstOf((Path("$", Root.EVENT, "$", ()),)), convert=Conversion.DURATION)
"""The value of the probe that reads the whole event, its record replaced by what was parsed."""


@dataclass(frozen=True, slots=True)
class Probes:
    """The probes of one source, compiled: families for each test of `when`, for each label, then for what is read.

    Attributes:
        plan: all of them.
        lines: where each test is written, those within others too, in the order of `Condition.tests`: theirs are the
            first families; those of the labels follow.
    """

    plan: Plan
    lines: tuple[int | None, ...]


def make_probes(mapping: Mapping, family: Family, source: Source, places: TestPlaces) -> Probes:
    """Make the probes of a source, or of what is written like one.

    Args:
        mapping: whose name the plan bears.
        family: whose limits the probes have.
        source: with `each` of `watched_each`.
        places: where its tests are written.
    """
    bare = replace(source, when=None, labels=(), value=_ONE, factor=1.0, operation=GaugeOperation.SET)
    tests = () if source.when is None else tuple(source.when.tests())
    probes = [replace(bare, when=test) for test in tests]
    probes += [replace(bare, labels=(rule,)) for rule in source.labels]
    probes += [replace(bare, value=reading(path)) for path in _paths(source)]
    probes.append(replace(bare, each=(), value=DOCUMENT))
    if source.parse is not None:
        probes.append(replace(bare, parse=None, each=(), value=reading_text(source.parse.path)))
    families = tuple(_probe(family, number, probe) for number, probe in enumerate(probes))
    plan = compile_mapping(replace(mapping, families=families, drop=()))
    return Probes(plan, places.lines(source))


def source_of_drop(rule: DropRule) -> tuple[Family, Source]:
    """Return a rule of `drop` as a source, to see how its tests come out."""
    place = Place("", Span(0, 0, 0, 0), "")
    source = Source(rule.patterns, None, (), rule.when, (), _ONE, 1.0, GaugeOperation.SET, place)
    return Family("drop", MetricType.COUNTER, "", (), (), 1, Overflow.FOLD, None, (), (source,), place), source


def watched_each(each: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the paths of `each` as ones that are not plain: their finders can be watched, and find the same."""
    return tuple(path if path.steps is None else replace(path, steps=None, every=False) for path in each)


def reading(path: Path) -> ValueRule:
    """Return the value of the probe that reads a path; of the long form, so that what was found is noted."""
    one = replace(path, steps=None, every=False) if path.every else path  # several nodes are to be seen as several
    return ValueRule(FirstOf((one,)), convert=Conversion.LENGTH)


def reading_text(path: Path) -> ValueRule:
    """Return the value of the probe that reads what is to be parsed, as it is before that."""
    return ValueRule(FirstOf((path,)), convert=Conversion.BOOL)


def root_of(path: Path) -> Path | None:
    """Return the path to where another begins; None for keys."""
    text = ROOT_TEXTS.get(path.root)
    return None if text is None else Path(text, path.root, "$", ())


def _probe(family: Family, number: int, source: Source) -> Family:
    """Make a counter of a source that stops early."""
    return replace(
        family,
        name=f"probe{number}_total",
        type=MetricType.COUNTER,
        label_names=("probe",) if source.labels else (),
        buckets=(),
        expire=None,
        init=(),
        sources=(source,),
    )


def _paths(source: Source) -> Iterable[Path]:
    """Return the paths that a source reads at an item, and where each of them begins."""
    roots = [root for path in source.paths if (root := root_of(path)) is not None]
    return dict.fromkeys((*roots, *source.paths))
