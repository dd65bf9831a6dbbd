"""A series in memory: its key and its numbers."""

from __future__ import annotations

from typing import TypeAlias

Key: TypeAlias = tuple[str, ...]
"""Label values, in the order of the metric's label names."""

Cell: TypeAlias = list[float]
"""A series' numbers.

Counter, gauge: the value, and for a gauge that expires the time of the last sample. Summary: count, sum. Histogram:
sum, then the separate counts of buckets, +Inf last.
"""
