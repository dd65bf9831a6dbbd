"""Reports for programs, as values for `json.dumps`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from telemap.float_text import float_text
from telemap.label_text import INSTANCE
from telemap.store.samples import sample_names, sample_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap.plan import FamilyShape
    from telemap.preview.cardinality import FamilyCardinality
    from telemap.preview.difference import FamilyChange, Samples
    from telemap.preview.trial import Trial
    from telemap.store.series import FamilySeries


def trial_document(trial: Trial) -> dict[str, Any]:
    """Return all families with their series, and the counts of events that reached none."""
    counts = trial.store.counts
    return {
        "mapping": trial.mapping.name,
        "dropped": dict(counts.dropped),
        "unmatched": counts.unmatched,
        "families": [family_document(family, trial.store.instance) for family in trial.families],
    }


def family_document(family: FamilySeries, instance: str) -> dict[str, Any]:
    """Return a family with its series."""
    shape = family.shape
    return {
        **_shape_document(shape),
        "skipped": {reason: count for reason, count in family.skipped.items() if count},
        "overflowed": family.overflowed,
        "series": [
            {
                "labels": {
                    name: text.replace(INSTANCE, instance) for name, text in zip(shape.label_names, key, strict=True)
                },
                **_samples_document(
                    dict(zip(sample_names(shape), sample_values(shape.type, cell), strict=True)), shape.name
                ),
            }
            for key, cell in sorted(family.cells.items())
        ],
    }


def _shape_document(shape: FamilyShape) -> dict[str, Any]:
    return {"name": shape.name, "type": shape.type.value, "help": shape.help, "label_names": list(shape.label_names)}


def _samples_document(samples: Samples, family: str) -> dict[str, Any]:
    """Return `value`, or `count`, `sum`, and `buckets` with cumulative counts by upper bound."""
    found: dict[str, Any] = {}
    for (name, bound), value in samples.items():
        if bound is not None:
            found.setdefault("buckets", {})[bound] = _number(value)
        else:
            found[name.removeprefix(family).removeprefix("_") or "value"] = _number(value)
    return found


def _number(value: float) -> float | str:
    """Return a number, or Prometheus's text for what JSON has no number for."""
    return value if math.isfinite(value) else float_text(value)


def difference_document(before: Trial, after: Trial, changes: Sequence[FamilyChange], limit: int) -> dict[str, Any]:
    """Return what differs; of each family so many series as `limit` says, 0 for all."""
    return {
        "before": before.mapping.name,
        "after": after.mapping.name,
        "differs": bool(changes),
        "families": [
            {
                "name": change.name,
                "before": change.before and _shape_document(change.before),
                "after": change.after and _shape_document(change.after),
                "counts": {"gone": change.gone, "new": change.new, "changed": change.changed, "same": change.same},
                "series": [
                    {
                        "labels": dict(series.labels),
                        "before": _samples_document(series.before, change.name) or None,
                        "after": _samples_document(series.after, change.name) or None,
                    }
                    for series in change.series[: limit or None]
                ],
            }
            for change in changes
        ],
    }


def cardinality_document(trial: Trial, families: Sequence[FamilyCardinality]) -> dict[str, Any]:
    """Return the series of each family, and of each of its labels."""
    return {
        "mapping": trial.mapping.name,
        "series": sum(one.series for one in families),
        "series_limit_total": trial.mapping.series_limit_total,
        "families": [
            {
                "name": one.family.name,
                "type": one.family.type.value,
                "series": one.series,
                "series_limit": one.family.series_limit,
                "lines": one.lines,
                "overflowed": one.overflowed,
                "unlimited": {"series": one.unlimited, "is_exact": one.is_exact},
                "labels": [
                    {
                        "name": label.name,
                        "values": label.values,
                        "max_values": label.max_values,
                        "series_without": label.series_without,
                        "examples": [{"value": text, "series": count} for text, count in label.examples],
                    }
                    for label in one.labels
                ],
            }
            for one in families
        ],
    }
