"""A quantile as Prometheus estimates it from a histogram, worked out from the single values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)
"""The buckets of `aws_lambda_invocation_duration_seconds`."""


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
