"""What a series is in memory: its key and its numbers."""

from __future__ import annotations

from typing import TypeAlias

Key: TypeAlias = tuple[str, ...]
"""Label values, in the order of the family's label names."""

Cell: TypeAlias = list[float]
"""A series' numbers.

Counter, gauge: the value, and for a gauge that expires when it was touched. Summary: count, sum. Histogram: sum, then
the count of each bucket on its own, +Inf last.
"""
