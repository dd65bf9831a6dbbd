"""Convert metrics to those of prometheus_client.

Only `Store.collect` imports this module, because the extension does not need prometheus_client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Metric

from telemap.label_text import INSTANCE
from telemap.store.samples import sample_names, sample_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.store.series import FamilySeries


def collect(families: Iterable[FamilySeries], instance: str) -> list[Metric]:
    """Return each metric with series as a prometheus_client metric, with the samples of the exposition.

    Args:
        families: the metrics in the order of the exposition.
        instance: the instance id, for labels that name it.
    """
    return [_metric(series, instance) for series in families if series.cells]


def _metric(series: FamilySeries, instance: str) -> Metric:
    shape = series.shape
    # prometheus_client strips `_total` from a counter's name, and appends it again.
    name = shape.name.removesuffix("_total") if shape.type.row.counts else shape.name
    metric = Metric(name, shape.help, shape.type.value)
    names = sample_names(shape)
    for key in sorted(series.cells):
        own = {name: text.replace(INSTANCE, instance) for name, text in zip(shape.label_names, key, strict=True)}
        for (sample, bound), value in zip(names, sample_values(shape.type, series.cells[key]), strict=True):
            metric.add_sample(sample, own if bound is None else {**own, "le": bound}, value)
    return metric
