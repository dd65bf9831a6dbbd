"""Queries for a metric to copy: exact counts, as `docs/how-to/query.md` explains them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, assert_never

from telemap.model import MetricType
from telemap.monitoring.counting import Window, count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.monitoring.counting import Delivery
    from telemap.monitoring.metrics import Metric

_WINDOW: Final = Window("5m", "", "5m")
_QUANTILES: Final = (("median", "0.5"), ("95th percentile", "0.95"), ("99th percentile", "0.99"))


class Query(NamedTuple):
    """A query.

    Attributes:
        title: what it returns.
        expression: PromQL.
    """

    title: str
    expression: str


def queries(metric: Metric, delivery: Delivery) -> Iterator[Query]:
    """Yield queries for a metric, by its type.

    Args:
        metric: the metric.
        delivery: how samples reach the database.
    """
    by = ["job", *metric.labels]
    each = f"by {' and '.join([', '.join(by[:-1]), by[-1]] if len(by) > 1 else by)}"

    def counted(name: str, *more: str) -> str:
        return count(delivery, [*by, *more], name, _WINDOW)

    match metric.type:
        case MetricType.COUNTER:
            name = metric.selector()
            yield Query(f"the last 5 minutes, {each}", counted(name))
            yield Query("the last 5 minutes, in total", count(delivery, [], name, _WINDOW))
        case MetricType.GAUGE:
            combine = "sum" if metric.adds else "max"
            state = delivery.row.state_of(metric.selector(), "")
            yield Query(f"now, {each}", f"{combine} by ({', '.join(by)}) (\n  {state}\n)")
        case MetricType.SUMMARY | MetricType.HISTOGRAM:
            sums, counts = counted(f"{metric.name}_sum"), counted(f"{metric.name}_count")
            yield Query(f"mean of the last 5 minutes, {each}", f"{sums}\n/\n{counts}")
            if metric.type is MetricType.HISTOGRAM:
                buckets = counted(f"{metric.name}_bucket", "le")
                for words, quantile in _QUANTILES:
                    yield Query(f"{words} of the last 5 minutes, {each}", f"histogram_quantile({quantile}, {buckets})")
            yield Query(f"number in the last 5 minutes, {each}", counts)
            yield Query(f"sum of the last 5 minutes, {each}", sums)
        case _:
            assert_never(metric.type)
