"""Series at a moment, and what has been added to them since.

For gateways that add up what they are sent, and for a process that starts over.
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
"""A copy of the cells of all families, by full name and key."""


def cells_of(series: FamilySeries) -> dict[Key, Cell]:
    """Copy the cells of a family."""
    return {key: cell[:] for key, cell in series.cells.items()}


def increments(series: FamilySeries, since: Mapping[Key, Cell]) -> dict[Key, Cell]:
    """Return what was added to each series of a family; those that are as they were are left out.

    A series that was not there counts whole, a new one at zero too. Of a gauge that does not add up (`set`, `min`,
    `max`) it is the value as it is now.

    Args:
        series: the family as it is now.
        since: its cells at the moment to count from.
    """
    width = None if series.shape.expire is None else 1  # what follows is when it was touched
    return {
        key: _increment(cell, since.get(key) if series.shape.adds else None, width)
        for key, cell in series.cells.items()
        if key not in since or cell[:width] != since[key][:width]
    }


def _increment(cell: Cell, before: Cell | None, width: int | None) -> Cell:
    if before is None:
        return cell[:]
    # From one end of the range of floats to the other is twice as far as a float reaches.
    values = [max(-_MOST, min(_MOST, added)) for added in map(sub, cell[:width], before[:width])]
    return values if width is None else [*values, *cell[width:]]
