"""Recording rules for a mapping's own metrics: counts per minute, and rules derived from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from telemap.model import MetricType
from telemap.monitoring.counting import Window, count
from telemap.terminal_text import terminal_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.monitoring.counting import Delivery
    from telemap.monitoring.metrics import Metric

MINUTE = Window("1m", "30s", "90s")
"""A minute that ended half a minute ago, so that all of its samples are visible."""

_QUANTILES = (("p50", "0.5"), ("p95", "0.95"), ("p99", "0.99"))


class Rule(NamedTuple):
    """A recording rule."""

    record: str
    expression: str


class Rules:
    """The recording rules for metrics.

    Args:
        delivery: how samples reach the database.
        metrics: the metrics, sorted by name.
    """

    def __init__(self, delivery: Delivery, metrics: Iterable[Metric]) -> None:
        self._delivery = delivery
        self._metrics = list(metrics)
        buckets = (f"{metric.name}_bucket" for metric in self._metrics if metric.type is MetricType.HISTOGRAM)
        counters = (name for metric in self._metrics for name in metric.counters)
        plain = [name.removesuffix("_total") for name in (*counters, *buckets)]
        self._twice = {name for name in plain if plain.count(name) > 1}

    def groups(self) -> Iterator[tuple[str, list[Rule]]]:
        """Yield the name and rules of a group per cumulative metric; later rules read earlier ones."""
        for metric in self._metrics:
            if metric.counters:
                yield f"telemap-{metric.name}", list(self._of(metric))

    def _of(self, metric: Metric) -> Iterator[Rule]:
        for name in metric.counters:
            yield Rule(self._record(metric.labels, name), count(self._delivery, self._by(metric), name, MINUTE))
        match metric.type:
            case MetricType.COUNTER:
                yield from self._shares(metric)
            case MetricType.SUMMARY | MetricType.HISTOGRAM:
                sums, counts = (self._hour(metric, name) for name in (f"{metric.name}_sum", f"{metric.name}_count"))
                yield Rule(f"{_level(metric.labels)}:{metric.name}:mean_1h", f"{sums}\n/\n{counts}")
            case MetricType.GAUGE:
                pass
            case _:
                assert_never(metric.type)
        if metric.type is MetricType.HISTOGRAM:
            yield from self._quantiles(metric)

    def _shares(self, metric: Metric) -> Iterator[Rule]:
        """Yield the ratio for each value of the closed label, if there is only one."""
        if len(metric.closed) != 1:
            return
        part = self._hour(metric, metric.name)
        others = [label for label in self._by(metric) if label not in metric.closed]
        recorded = self._record(metric.labels, metric.name)
        whole = f"sum by ({', '.join(others)}) (sum_over_time({recorded}[1h]))"
        name = metric.name.removesuffix("_total")
        yield Rule(
            f"{_level(metric.labels)}:{name}:ratio_1h",
            f"{part}\n/ ignoring ({metric.closed[0]}) group_left ()\n{whole}",
        )

    def _quantiles(self, metric: Metric) -> Iterator[Rule]:
        name, labels = f"{metric.name}_bucket", (*metric.labels, "le")
        yield Rule(self._record(labels, name), count(self._delivery, ["job", *labels], name, MINUTE))
        buckets = f"sum by ({', '.join(['job', *labels])}) (sum_over_time({self._record(labels, name)}[1h]))"
        for word, quantile in _QUANTILES:
            record = f"{_level(metric.labels)}:{metric.name}:{word}_1h"
            yield Rule(record, f"histogram_quantile({quantile},\n  {buckets}\n)")

    def _hour(self, metric: Metric, name: str) -> str:
        recorded = self._record(metric.labels, name)
        return f"sum by ({', '.join(self._by(metric))}) (sum_over_time({recorded}[1h]))"

    def _by(self, metric: Metric) -> list[str]:
        return ["job", *metric.labels]

    def _record(self, labels: Iterable[str], name: str) -> str:
        """Return the name of a count: as Prometheus recommends, without `_total` unless that name is taken."""
        plain = name.removesuffix("_total")
        return f"{_level(labels)}:{name if plain in self._twice else plain}:increase1m"


def rules_text(name: str, delivery: Delivery, metrics: Iterable[Metric]) -> str:
    """Return a file of recording rules.

    Args:
        name: the mapping's name; a line feed in it must not end the comment.
        delivery: how samples reach the database.
        metrics: the metrics, sorted by name.
    """
    lines = [
        f"# Recording rules for {terminal_text(name)}, by `telemap rules`: counts of each minute, exact for processes",
        "# that live for seconds. So keep `interval: 1m`. Add up minutes with sum_over_time.",
    ]
    groups = list(Rules(delivery, metrics).groups())
    lines.append("groups:" if groups else "groups: []")
    for group, rules in groups:
        lines += [f'  - name: "{group}"', "    interval: 1m", "    rules:"]
        for rule in rules:
            lines += [f"      - record: {rule.record}", "        expr: |"]
            lines += [f"          {line}" for line in rule.expression.split("\n")]
    return "\n".join(lines) + "\n"


def _level(labels: Iterable[str]) -> str:
    return "_".join(["job", *labels])
