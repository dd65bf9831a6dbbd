"""A quantile as Prometheus estimates it from a histogram, worked out from the single values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counting.tally import BOUNDS

if TYPE_CHECKING:
    from collections.abc import Sequence


def p95(values: Sequence[float]) -> float:
    """Find the bucket of the 95th percentile, and where in it, taking values to lie evenly in their bucket."""
    rank = 0.95 * len(values)
    lower = 0.0
    for bound in BOUNDS:
        below = sum(value <= lower for value in values)
        inside = sum(lower < value <= bound for value in values)
        if below + inside >= rank:
            return lower + (bound - lower) * (rank - below) / inside
        lower = bound
    message = "no bucket holds it"
    raise ValueError(message)
