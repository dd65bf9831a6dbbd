"""Warn of buckets whose bounds are in another unit than the metric."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from telemap.units import base_unit, scaled

if TYPE_CHECKING:
    from telemap.check.drafts import DraftSource, FamilyDraft
    from telemap.check.mapping_reader import MappingReader

_MANY_SECONDS = 900.0
"""The longest invocation of a Lambda function."""

_LARGE_RATIO = 10.0

_MOST_SHOWN = 20


def advise_buckets(reader: MappingReader, family: FamilyDraft) -> None:
    """Warn of bounds that are probably in the unit of the value, instead of the base unit of the name."""
    base, bounds = base_unit(family.head.name), family.buckets
    if base is None or not bounds or "buckets-order" in family.codes:
        return
    for source in family.sources:
        factor = _factor_of_bounds(base, bounds, source.draft)
        if factor is None:
            continue
        least, most = bounds[0], bounds[-1]
        message = f"bounds from {least:g} to {most:g} look like another unit than {base}, which the name states"
        better = [_number(scaled(bound, factor)) for bound in bounds]
        shown = ", ".join(better if len(better) <= _MOST_SHOWN else [*better[:3], "...", better[-1]])
        hint = f"the value is converted to {base}; for bounds in its own unit, write [{shown}]"
        reader.warning("buckets-unit", family.buckets_node or family.key, message, hint)
        return


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:.6g}"


def _factor_of_bounds(base: str, bounds: tuple[float, ...], draft: DraftSource) -> float | None:
    """Return the factor that bounds lack; None if they are plausible."""
    factor, least, most = draft.factor, bounds[0], bounds[-1]
    if factor > 1:
        return factor if 0 < most < factor else None
    if factor == 1 or factor <= 0:
        return None
    if base == "seconds":
        is_far = least >= 1 and any(bound > _MANY_SECONDS and math.fmod(bound, 60) for bound in bounds)
    elif base == "ratio":
        is_far = most >= _LARGE_RATIO
    else:
        is_far = False
    return factor if is_far else None
