"""Mappings, metrics and rules."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    """A rule that makes samples of a metric from events.

    Attributes:
        patterns: event types, or patterns with `*`.
        parse: how text is parsed, if at all.
        each: paths of the items, from the outermost; empty to run once per event.
        when: the condition.
        labels: one for each of the metric's label names, in that order.
        value: the origin of the sample's value.
        factor: the factor of the value, from `unit` or `scale`; see `telemap.units.scaled`.
        operation: the operation on a gauge; SET for all other types.
        place: the location of the rule; of a metric's only rule, that of the metric's name.
        end_line: the last line of its block.
        group: the location of its group, whose conditions come first in `when`.
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
    end_line: int
    group: Place | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the paths that it reads for each item, in conditions, labels and value."""
        tests = () if self.when is None else self.when.comparisons()
        tested = (path for test in tests for path in test.paths)
        labels = (path for rule in self.labels for path in rule.paths)
        return (*tested, *labels, *self.value.paths)


@dataclass(frozen=True, slots=True)
class Family:
    """A metric.

    Attributes:
        name: the full name, including the prefix.
        label_names: sorted.
        buckets: ascending upper bounds without +Inf; empty except for histograms.
        series_limit: maximum number of series in one process.
        expire: seconds without samples after which a gauge's series expires; None for never.
        init: label sets that exist from the start, values in the order of `label_names`.
        place: the location of the metric's name.
        end_line: the last line of its block.
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
    end_line: int


@dataclass(frozen=True, slots=True)
class DropRule:
    """Events that no metric sees. Two rules are equal if they drop the same, wherever they are.

    Attributes:
        place: the location of the rule.
    """

    patterns: tuple[str, ...]
    when: Condition | None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping.

    Attributes:
        name: the name that the user gave: a path, or `telemap:NAME`.
        sha256: digest of its text and its includes, in hexadecimal.
        drop: the rules of `drop`, in file order after those of included files.
        families: the metrics, in file order after those of included files.
        series_limit_total: maximum number of series of all metrics in one process.
        warnings: probable mistakes.
    """

    name: str
    sha256: str
    drop: tuple[DropRule, ...]
    families: tuple[Family, ...]
    series_limit_total: int
    warnings: tuple[Problem, ...]
