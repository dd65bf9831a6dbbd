"""Mappings, families and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.model.conditions import Condition
    from telemap.model.kinds import MetricType, Overflow, Parse
    from telemap.model.operations import GaugeOperation
    from telemap.model.rules import KnownText, LabelRule, ValueRule
    from telemap.path import Path
    from telemap.problem import Problem
    from telemap.problem.place import Place


@dataclass(frozen=True, slots=True)
class Source:
    """A rule that feeds a family from events.

    Attributes:
        patterns: event types, or patterns of them with `*`.
        parse: how text is parsed first, if it is.
        each: paths of the items that the source runs for, from the outermost on; empty for once an event.
        when: what must hold.
        labels: one for each of the family's label names, in that order.
        value: where the sample's value comes from.
        factor: what the value is multiplied by, from `unit` or `scale`, as `telemap.units.scaled` does it.
        operation: what the sample does; SET for all types but gauges.
        place: where the source is written.
    """

    patterns: tuple[str, ...]
    parse: Parse | None
    each: tuple[Path, ...]
    when: Condition | None
    labels: tuple[LabelRule, ...]
    value: ValueRule
    factor: float
    operation: GaugeOperation
    place: Place

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the paths that it reads at each item: of the tests, the labels, the value."""
        tests = () if self.when is None else self.when.comparisons()
        tested = (path for test in tests for path in test.paths)
        labels = (path for rule in self.labels for path in rule.paths)
        return (*tested, *labels, *self.value.paths)


@dataclass(frozen=True, slots=True)
class Family:
    """A metric family.

    Attributes:
        name: full name, prefix included.
        label_names: sorted.
        buckets: ascending upper bounds without +Inf; empty unless a histogram.
        series_limit: most series in one process.
        expire: seconds after which a gauge's series without samples is forgotten; None for never.
        init: label sets that exist from the start, values in the order of `label_names`.
        place: where the family is written.
    """

    name: str
    type: MetricType
    help: str
    label_names: tuple[str, ...]
    buckets: tuple[float, ...]
    series_limit: int
    overflow: Overflow
    expire: float | None
    init: tuple[tuple[KnownText, ...], ...]
    sources: tuple[Source, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class DropRule:
    """Events that no family sees."""

    patterns: tuple[str, ...]
    when: Condition | None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping, checked.

    Attributes:
        name: what the user called it: a path, or `telemap:NAME`.
        sha256: digest of its text and of all that it includes, in hexadecimal.
        drop: in file order, those of included files first.
        families: in file order, those of included files first.
        series_limit_total: most series in one process, all families together.
        warnings: problems that do not stop the mapping.
    """

    name: str
    sha256: str
    drop: tuple[DropRule, ...]
    families: tuple[Family, ...]
    series_limit_total: int
    warnings: tuple[Problem, ...]
