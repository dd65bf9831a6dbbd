"""The samples of a series in the text format."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, assert_never

from telemap.float_text import float_text
from telemap.model import MetricType

if TYPE_CHECKING:
    from telemap.plan import FamilyShape
    from telemap.store.cells import Cell


def sample_names(shape: FamilyShape) -> list[tuple[str, str | None]]:
    """Return the name of each sample of a series, and its `le` label if it has one.

    The order is that of prometheus_client and `sample_values`.
    """
    match shape.type:
        case MetricType.COUNTER | MetricType.GAUGE:
            return [(shape.name, None)]
        case MetricType.SUMMARY:
            return [(f"{shape.name}_count", None), (f"{shape.name}_sum", None)]
        case MetricType.HISTOGRAM:
            bounds = [*shape.buckets, float("inf")]
            buckets: list[tuple[str, str | None]] = [(f"{shape.name}_bucket", float_text(bound)) for bound in bounds]
            return [*buckets, (f"{shape.name}_count", None), (f"{shape.name}_sum", None)]
        case _:
            assert_never(shape.type)


def sample_values(metric_type: MetricType, cell: Cell) -> list[float]:
    """Return the values of a series' samples; buckets are cumulative."""
    if metric_type is MetricType.COUNTER or metric_type is MetricType.GAUGE:
        return cell[:1]
    if metric_type is MetricType.SUMMARY:
        return cell
    if metric_type is MetricType.HISTOGRAM:
        cumulative = list(accumulate(cell[1:]))
        return [*cumulative, cumulative[-1], cell[0]]
    assert_never(metric_type)
