"""Give a store's families to prometheus_client.

Imported only by `Store.collect`: an extension that renders and pushes by itself never needs prometheus_client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Metric

from telemap.label_text import INSTANCE
from telemap.samples import sample_names, sample_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.series import FamilySeries
    from telemap.store import Store


def collect(store: Store) -> Iterator[Metric]:
    """Give each family that has series as a prometheus_client metric, with the samples that the exposition writes."""
    with store.lock:
        store.refresh()
        metrics = [_metric(series, store.instance) for series in store.all_families() if series.cells]
    return iter(metrics)


def _metric(series: FamilySeries, instance: str) -> Metric:
    shape = series.shape
    metric = Metric(
        shape.name.removesuffix("_total") if shape.type.value == "counter" else shape.name, shape.help, shape.type.value
    )
    names = sample_names(shape)
    for key in sorted(series.cells):
        own = {name: text.replace(INSTANCE, instance) for name, text in zip(shape.label_names, key, strict=True)}
        for (name, bound), value in zip(names, sample_values(shape.type, series.cells[key]), strict=True):
            metric.add_sample(name, own if bound is None else {**own, "le": bound}, value)
    return metric
