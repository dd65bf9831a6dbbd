"""Count delivered telemetry, and add up the reports in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telemap.numbers import finite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class TelemetryCounts:
    """Counts of delivered telemetry.

    Attributes:
        events: Events in acknowledged posts, each counted once.
        posts: Acknowledged posts, each counted once.
        retries: Posts that were repeated because they were not acknowledged.
        dropped: Dropped events.
        repeats: Posts that were repeated although they were acknowledged, because the answer was lost.

    """

    events: int = 0
    posts: int = 0
    retries: int = 0
    dropped: int = 0
    repeats: int = 0

    def __add__(self, other: TelemetryCounts) -> TelemetryCounts:
        return TelemetryCounts(
            self.events + other.events,
            self.posts + other.posts,
            self.retries + other.retries,
            self.dropped + other.dropped,
            self.repeats + other.repeats,
        )


@dataclass(frozen=True)
class Reports:
    """The sum of the delivered platform.report events, which a gateway should have in the end.

    Attributes:
        by_status: Number of reports by status.
        duration_ms: Sum of `metrics.durationMs`.
        billed_ms: Sum of `metrics.billedDurationMs`.

    """

    by_status: Mapping[str, int] = field(default_factory=dict)
    duration_ms: float = 0.0
    billed_ms: float = 0.0

    @property
    def count(self) -> int:
        """The number of reports."""
        return sum(self.by_status.values())

    def __add__(self, other: Reports) -> Reports:
        statuses = {*self.by_status, *other.by_status}
        return Reports(
            {status: self.by_status.get(status, 0) + other.by_status.get(status, 0) for status in sorted(statuses)},
            self.duration_ms + other.duration_ms,
            self.billed_ms + other.billed_ms,
        )


def reports_in(events: Iterable[object]) -> Reports:
    """Add up the reports among the events."""
    return sum(map(_report, events), Reports())


def _report(event: object) -> Reports:
    if not isinstance(event, dict) or event.get("type") != "platform.report":
        return Reports()
    record = event.get("record")
    fields: dict[str, Any] = record if isinstance(record, dict) else {}
    metrics = fields.get("metrics")
    numbers: dict[str, Any] = metrics if isinstance(metrics, dict) else {}
    return Reports(
        {str(fields.get("status", "unknown")): 1},
        finite(numbers.get("durationMs")) or 0.0,
        finite(numbers.get("billedDurationMs")) or 0.0,
    )
