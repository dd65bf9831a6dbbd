"""A mapping's metrics as queries see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from telemap.model import InstanceReference, LiteralText, MetricType
from telemap.model.operations import add_up

if TYPE_CHECKING:
    from telemap.model import Family, LabelRule, Mapping

_OF_THE_PROCESS = frozenset({"job", "instance"})
"""Labels added by the delivery."""

_NO_LABELS = frozenset({"inf", "nan", "without"})
"""Label names that PromQL reads as something else in `by (...)`, in upper or lower case."""

_NO_NAMES = frozenset({"inf", "nan", "on", "bool", "ignoring", "group_left", "group_right", "atan2"})
"""Metric names that PromQL reads as something else, in upper or lower case."""

_UNITS = {"seconds": "s", "bytes": "bytes", "ratio": "percentunit"}
"""Grafana units by the last word of a metric's name."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of a mapping.

    Attributes:
        name: the full name.
        adds: whether values can be summed across processes; for gauges only.
        closed: labels whose values are known when the mapping is loaded, and differ.
        open: the other labels, except those that identify the process or that PromQL cannot group by.
    """

    name: str
    type: MetricType
    help: str
    adds: bool
    closed: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Return all labels, sorted."""
        return tuple(sorted((*self.closed, *self.open)))

    @property
    def counters(self) -> tuple[str, ...]:
        """Return the names of the cumulative series, except buckets."""
        match self.type:
            case MetricType.COUNTER:
                return (self.name,)
            case MetricType.GAUGE:
                return ()
            case MetricType.SUMMARY | MetricType.HISTOGRAM:
                return (f"{self.name}_count", f"{self.name}_sum")
            case _:
                assert_never(self.type)

    def selector(self, matchers: str = "") -> str:
        """Return the selector of a series that is named like the metric, with or without matchers."""
        if self.name.lower() in _NO_NAMES:
            return f'{{__name__="{self.name}"{", " * bool(matchers)}{matchers}}}'
        return f"{self.name}{{{matchers}}}" if matchers else self.name

    @property
    def unit(self) -> str:
        """Return the Grafana unit for the name's suffix."""
        return _UNITS.get(self.name.removesuffix("_total").rpartition("_")[2], "short")


def metrics_of(mapping: Mapping) -> list[Metric]:
    """Return the metrics of a mapping, sorted by name."""
    return sorted(map(_metric, mapping.families), key=lambda metric: metric.name)


def _metric(family: Family) -> Metric:
    closed: list[str] = []
    opened: list[str] = []
    for position, name in enumerate(family.label_names):
        rules = [source.labels[position] for source in family.sources]
        if name in _OF_THE_PROCESS or name.lower() in _NO_LABELS or any(map(_names_process, rules)):
            continue
        (closed if all(rule.is_closed for rule in rules) else opened).append(name)
    adds = add_up(family.type, [source.operation for source in family.sources])
    return Metric(family.name, family.type, family.help.strip(), adds, tuple(closed), tuple(opened))


def _names_process(rule: LabelRule) -> bool:
    """Return whether a label's value differs in each process."""
    texts = [rule.origin, *(text for _, text in rule.map or ()), rule.otherwise, rule.default]
    return any(isinstance(text, LiteralText) and InstanceReference() in text.parts for text in texts)
