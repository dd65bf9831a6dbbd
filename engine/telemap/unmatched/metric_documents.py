"""Read the units of metrics from documents in CloudWatch's embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

EMF: Final = "_aws"
"""The key that marks such a document."""

_UNITS = {
    "Seconds": Unit.SECOND,
    "Milliseconds": Unit.MILLISECOND,
    "Microseconds": Unit.MICROSECOND,
    "Bytes": Unit.BYTE,
    "Kilobytes": Unit.KILOBYTE,
    "Megabytes": Unit.MEGABYTE,
    "Gigabytes": Unit.GIGABYTE,
    "Percent": Unit.PERCENT,
}
"""CloudWatch's units that telemap has, too."""

_MAX_METRICS = 1000
"""Most metrics that are remembered; CloudWatch allows 100 per document."""


def note_units(document: Any, units: dict[str, Unit | None]) -> None:
    """Add the units of a document's metrics, None for those without; the first document wins."""
    if not isinstance(document, dict) or not isinstance(document.get(EMF), dict):
        return
    for metric in _members(document[EMF].get("CloudWatchMetrics"), "Metrics"):
        name, unit = metric.get("Name"), metric.get("Unit")
        if isinstance(name, str) and len(units) < _MAX_METRICS:
            units.setdefault(name, _UNITS.get(unit) if isinstance(unit, str) else None)


def _members(directives: Any, name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects in the named array of each directive, ignoring anything malformed."""
    for directive in directives if isinstance(directives, list) else ():
        metrics = directive.get(name) if isinstance(directive, dict) else None
        for metric in metrics if isinstance(metrics, list) else ():
            if isinstance(metric, dict):
                yield metric
