"""The metrics about telemap itself.

They are ordinary metrics whose cells are set from the store's counts whenever it is read. Label values are from closed
sets; a labelled series appears with its first non-zero value.
"""

from __future__ import annotations

from operator import sub
from typing import TYPE_CHECKING, Final

from telemap.model import MetricType
from telemap.plan import FamilyShape
from telemap.store.series import Budget, FamilySeries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.plan import Plan
    from telemap.store.cells import Key
    from telemap.store.counts import Counts
    from telemap.store.snapshot import Snapshot

_THROTTLED: Final = 429

_SHAPES: Final = (
    FamilyShape("telemap_events_total", MetricType.COUNTER, "Telemetry events received, by type.", ("type",)),
    FamilyShape("telemap_events_unmatched_total", MetricType.COUNTER, "Telemetry events that no rule reads."),
    FamilyShape(
        "telemap_events_dropped_total",
        MetricType.COUNTER,
        "Telemetry events dropped before they were applied, by reason.",
        ("reason",),
    ),
    FamilyShape(
        "telemap_samples_skipped_total",
        MetricType.COUNTER,
        "Samples skipped, by metric and reason.",
        ("metric", "reason"),
    ),
    FamilyShape("telemap_series", MetricType.GAUGE, "Series, by metric.", ("metric",)),
    FamilyShape(
        "telemap_series_overflow_total",
        MetricType.COUNTER,
        "Samples of series beyond a metric's limit.",
        ("metric",),
    ),
    FamilyShape("telemap_pushes_total", MetricType.COUNTER, "Pushes to the gateway, by outcome.", ("outcome",)),
    FamilyShape("telemap_pushes_throttled_total", MetricType.COUNTER, "Pushes answered 429, too many requests."),
    FamilyShape("telemap_push_duration_seconds", MetricType.SUMMARY, "Duration of pushes."),
    FamilyShape(
        "telemap_last_push_success_timestamp_seconds",
        MetricType.GAUGE,
        "Unix time of the last acknowledged push.",
    ),
    FamilyShape(
        "telemap_mapping_info",
        MetricType.GAUGE,
        "Mapping in use, and version of telemap.",
        ("sha256", "source", "version"),
    ),
    FamilyShape(
        "telemap_mapping_fallback",
        MetricType.GAUGE,
        "1 if the mapping could not be used, and telemap:default replaces it.",
    ),
)

OWN_LABELS: Final = frozenset(name for shape in _SHAPES for name in shape.label_names)


class OwnMetrics:
    """The metrics about telemap itself.

    Args:
        plan: the mapping in use.
        version: telemap's version.
        fallback: whether the plan replaces a mapping that could not be used.
        info_only: keep only `telemap_mapping_info`, by which a sweeper recognizes telemap's groups.

    Attributes:
        families: the metrics; those without series are not shown.
    """

    def __init__(self, plan: Plan, *, version: str, fallback: bool = False, info_only: bool = False) -> None:
        # Label values are from closed sets, so no limit is needed.
        shapes = (shape for shape in _SHAPES if shape.name == "telemap_mapping_info" or not info_only)
        self._series = {shape.name: FamilySeries(shape, Budget(10_000), _ignore) for shape in shapes}
        self.families = tuple(self._series.values())
        self._before: dict[tuple[str, Key], float] = {}  # the counters' values at the restart
        self._set("telemap_mapping_info", 1.0, plan.sha256, plan.name, version)
        self._set("telemap_mapping_fallback", 1.0 if fallback else 0.0)
        self._set("telemap_events_unmatched_total", 0.0)

    def read(self, counts: Counts, families: Iterable[FamilySeries]) -> None:
        """Copy a store's counts, and those of its metrics."""
        for event_type, count in counts.events.items():
            self._set("telemap_events_total", count, event_type)
        self._set("telemap_events_unmatched_total", counts.unmatched)
        for reason, count in counts.dropped.items():
            self._set("telemap_events_dropped_total", count, reason)
        for series in families:
            name = series.shape.name
            self._set("telemap_series", len(series.cells), name)
            if series.overflowed:
                self._set("telemap_series_overflow_total", series.overflowed, name)
            for reason, count in series.skipped.items():
                if count:
                    self._set("telemap_samples_skipped_total", count, name, reason)

    def restart(self, acknowledged: Snapshot) -> None:
        """Restart counters at what was not acknowledged.

        Args:
            acknowledged: the series as last acknowledged by a gateway.
        """
        for name, series in self._series.items():
            if series.shape.type is MetricType.GAUGE:
                continue
            for key, cell in acknowledged.get(name, {}).items():
                self._before[name, key] = self._before.get((name, key), 0.0) + cell[0]
                series.cells[key][:] = map(sub, series.cells[key], cell)

    def count_push(self, outcome: str, seconds: float, status: int = 0) -> None:
        """Count a push.

        Args:
            outcome: `success` or another outcome.
            seconds: its duration.
            status: HTTP status; 0 if there was no response.
        """
        self._add("telemap_pushes_total", 0, 1.0, outcome)
        if status == _THROTTLED:
            self._add("telemap_pushes_throttled_total", 0, 1.0)
        self._add("telemap_push_duration_seconds", 0, 1.0)
        self._add("telemap_push_duration_seconds", 1, seconds)

    def set_last_success(self, now: float) -> None:
        """Set the time of the last acknowledged push, in Unix seconds."""
        self._set("telemap_last_push_success_timestamp_seconds", now)

    def _set(self, family: str, value: float, *labels: str) -> None:
        series = self._series.get(family)
        if series is not None and (value or labels in series.cells or not labels):
            cell = series.cells.get(labels) or series.admit(labels, ())
            cell[0] = float(value) - self._before.get((family, labels), 0.0)

    def _add(self, family: str, index: int, value: float, *labels: str) -> None:
        series = self._series.get(family)
        if series is None:
            return
        cell = series.cells.get(labels) or series.admit(labels, ())
        cell[index] += value


def _ignore(_: str) -> None:
    """Discard a warning: these metrics read no telemetry."""
