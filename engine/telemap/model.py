"""What a mapping means: frozen values, checked, with nothing left open.

The words are those of the language page: a mapping has metric families, a family has sources, a source reads a value
and labels from events.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from telemap.path import Path
    from telemap.problem import Place


class MetricType(Enum):
    """The metric types of the Prometheus text format that telemap makes."""

    COUNTER = "counter"
    GAUGE = "gauge"
    SUMMARY = "summary"
    HISTOGRAM = "histogram"


class Overflow(Enum):
    """What becomes of a sample that would make a series beyond the limit."""

    FOLD = "fold"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class EnvironmentReference:
    """`${env:NAME}` or `${env:NAME:-default}` in a label value; without default an unset variable is ""."""

    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class InstanceReference:
    """`${runtime:instance}` in a label value: the id of this process, read when series are rendered."""


@dataclass(frozen=True, slots=True)
class LiteralLabel:
    """A label whose value is known before any event: literal text and references, joined."""

    parts: tuple[str | EnvironmentReference | InstanceReference, ...]

    @property
    def is_instance(self) -> bool:
        """Tell whether the whole value is the instance id."""
        return self.parts == (InstanceReference(),)


@dataclass(frozen=True, slots=True)
class PathLabel:
    """A label read from the event; `default` stands in for what is missing or null."""

    path: Path
    default: LiteralLabel | None


@dataclass(frozen=True, slots=True)
class ConstantValue:
    """The same number for each event."""

    number: float


@dataclass(frozen=True, slots=True)
class PathValue:
    """A number read from the event; `default` stands in for what is missing or null, never for what is invalid."""

    path: Path
    default: float | None


Label: TypeAlias = LiteralLabel | PathLabel
Value: TypeAlias = ConstantValue | PathValue


@dataclass(frozen=True, slots=True)
class Source:
    """A rule that feeds a family from events.

    Attributes:
        patterns: event types, or patterns of them with `*`.
        value: where the sample's value comes from.
        factor: what the value is multiplied by, from `unit` or `scale`.
        labels: one for each of the family's label names, in that order.
    """

    patterns: tuple[str, ...]
    value: Value
    factor: float
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric family.

    Attributes:
        name: full name, prefix included.
        label_names: sorted.
        buckets: ascending upper bounds without +Inf; empty unless a histogram.
        series_limit: most series in one process.
        place: where the family is written.
    """

    name: str
    type: MetricType
    help: str
    label_names: tuple[str, ...]
    buckets: tuple[float, ...]
    series_limit: int
    overflow: Overflow
    sources: tuple[Source, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping, checked.

    Attributes:
        name: what the user called it: a path, or `telemap:NAME`.
        sha256: digest of its text, in hexadecimal.
        families: in file order.
    """

    name: str
    sha256: str
    families: tuple[Family, ...]
