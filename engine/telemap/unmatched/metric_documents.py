"""Read the units of metrics from documents in CloudWatch's embedded metric format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.embedded_metrics import UNITS, metric_definitions, metric_directives

if TYPE_CHECKING:
    from telemap.units import Unit

_MAX_METRICS: Final = 1000
"""Most metrics that are remembered; CloudWatch allows 100 per document."""


def note_units(document: Any, units: dict[str, Unit | None]) -> None:
    """Add the units of a document's metrics, None for those without; the first document wins."""
    for name, unit in metric_definitions(metric_directives(document) or []):
        if len(units) < _MAX_METRICS:
            units.setdefault(name, None if unit is None else UNITS.get(unit))
