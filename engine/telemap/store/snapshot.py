"""Copies of series, and what has been added since.

For gateways that add up pushes, and for processes that restart.
"""

from __future__ import annotations

import sys
from operator import sub
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries

_MOST: Final = sys.float_info.max

Snapshot: TypeAlias = "Mapping[str, dict[Key, Cell]]"
"""A copy of the cells of all metrics, by full name and key."""


def cells_of(series: FamilySeries) -> dict[Key, Cell]:
    """Copy the cells of a metric."""
    return {key: cell[:] for key, cell in series.cells.items()}


def increments(series: FamilySeries, since: Mapping[Key, Cell]) -> dict[Key, Cell]:
    """Return what was added to each changed series of a metric.

    A new series is complete, even at zero. For a gauge that does not add up (`set`, `min`, `max`), it is the current
    value.

    Args:
        series: the current series of the metric.
        since: its earlier cells.
    """
    width = None if series.shape.expire is None else 1  # the rest is the time of the last sample
    return {
        key: _increment(cell, since.get(key) if series.shape.adds else None, width)
        for key, cell in series.cells.items()
        if key not in since or cell[:width] != since[key][:width]
    }


def _increment(cell: Cell, before: Cell | None, width: int | None) -> Cell:
    if before is None:
        return cell[:]
    # The difference of two floats can exceed the range of floats.
    values = [max(-_MOST, min(_MOST, added)) for added in map(sub, cell[:width], before[:width])]
    return values if width is None else [*values, *cell[width:]]
