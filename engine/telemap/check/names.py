"""Check metric names by the rules of Prometheus and of its text format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from telemap.model import MetricType

if TYPE_CHECKING:
    from collections.abc import Collection

    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import ScalarNode
    from telemap.problem.place import Place

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
"""A metric name (https://prometheus.io/docs/concepts/data_model/)."""

_OWN = "telemap_"
"""The prefix of metrics about telemap itself."""

_PUSH_TIMES = frozenset({"push_time_seconds", "push_failure_time_seconds"})
"""Metrics that a Pushgateway adds to each group, in place of pushed ones of these names."""


def check_name(reader: MappingReader, key: ScalarNode, name: str, metric_type: MetricType | None) -> None:
    """Check a metric's full name."""
    counts = metric_type is not None and metric_type.row.counts
    if NAME.fullmatch(name) is None:
        reader.error(
            "metric-name",
            key,
            f"{name!r} is not a valid metric name",
            "use letters, digits, '_' and ':', and do not start with a digit",
        )
    elif name == "_total" and counts:
        reader.error(
            "metric-name", key, "a counter needs a name before '_total'", "name what it counts, such as 'orders_total'"
        )
    elif name.startswith(_OWN):
        reader.error(
            "reserved-name", key, f"names that begin with {_OWN!r} are reserved for telemap", "use a different prefix"
        )
    elif name in _PUSH_TIMES and reader.totals.to_gateway:
        message = f"the Pushgateway has a metric {name!r} of its own in each group, and drops yours"
        reader.error(
            "reserved-name", key, message, "choose another name, such as one that begins with that of your service"
        )
    elif counts and not name.endswith("_total"):
        reader.error(
            "counter-name",
            key,
            f"a counter's name must end in '_total', but {name!r} does not",
            f"rename it to '{key.text}_total'",
        )


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a metric, which may have other problems."""

    name: str
    type: MetricType
    place: Place


def check_collisions(reader: MappingReader, families: Collection[Named]) -> None:
    """Report metrics whose names collide with samples of another metric."""
    taken = {sample: family for family in families for sample in _sample_names(family.name, family.type)}
    for family in families:
        if other := taken.get(family.name):
            message = f"metric {family.name!r} has the same name as a sample of {other.name!r}"
            note = (other.place, f"metric {other.name!r}")
            reader.error_at("name-collision", family.place, message, "rename one of them", note)


def _sample_names(name: str, metric_type: MetricType) -> list[str]:
    """Return the names of a metric's samples in the text format."""
    match metric_type:
        case MetricType.COUNTER:
            return [name.removesuffix("_total") + "_created"]
        case MetricType.GAUGE:
            return []
        case MetricType.SUMMARY:
            return [f"{name}_count", f"{name}_sum", f"{name}_created"]
        case MetricType.HISTOGRAM:
            return [f"{name}_bucket", f"{name}_count", f"{name}_sum", f"{name}_created"]
        case _:
            assert_never(metric_type)
