"""A cache of one metric's cells by event nodes, without computing labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.label_text import FAST_LENGTH, OVERFLOW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telemap.store.cells import Cell, Key

_MAX_MORE: Final = 1024
"""Number of cached texts for one lookup beyond the number of series; then the cache is cleared.

Endless texts may lead to few series.
"""


class KnownCells:
    """Finds cells without computing labels again.

    The same nodes always lead to the same labels, so their cell is cached until series are removed. Except for texts
    beyond `max_values`: another rule of the metric may have a higher limit, and admit them.

    Args:
        cells: the metric's series.
        admit: creates the cell of a new series, given its key and its open positions.
    """

    def __init__(self, cells: dict[Key, Cell], admit: Callable[[Key, tuple[int, ...]], Cell]) -> None:
        self._cells = cells
        self._admit = admit
        self._by_labels: list[dict[Any, Cell]] = []
        self._constant: list[list[Cell | None]] = []

    def by_labels(
        self, open_positions: tuple[int, ...], *takes: tuple[int, Callable[[str], None]]
    ) -> tuple[dict[Any, Cell], Callable[[Any, Key], Cell]]:
        """Return the cached cells, and the function that finds others.

        The function takes the nodes of the labels, and the key of their texts.

        Args:
            open_positions: positions in the key of labels that are not closed.
            takes: for labels with `max_values`, their position, and the function that records accepted texts.
        """
        known: dict[Any, Cell] = {}
        self._by_labels.append(known)
        cells, admit = self._cells, self._admit

        def find(held: Any, key: Key) -> Cell:
            cell = cells.get(key)
            if cell is None:
                cell = admit(key, open_positions)
                if cells.get(key) is not cell:  # the sample overflowed
                    return cell
            for position, take in takes:
                take(key[position])
            if _can_be_kept(held) and not (takes and any(key[position] == OVERFLOW for position, _ in takes)):
                if len(known) >= len(cells) + _MAX_MORE:
                    known.clear()
                known[held] = cell
            return cell

        return known, find

    def constant(self, key: Key) -> tuple[Sequence[Cell | None], Callable[[], Cell]]:
        """Return a list whose only item is the cached cell of a key or None, and the function that finds it."""
        slot: list[Cell | None] = [None]
        self._constant.append(slot)
        cells, admit = self._cells, self._admit

        def find() -> Cell:
            cell = cells.get(key)
            if cell is None:
                cell = admit(key, ())
            if cells.get(key) is cell:
                slot[0] = cell
            return cell

        return slot, find

    def forget(self) -> None:
        """Clear the cache, because series were removed."""
        for known in self._by_labels:
            known.clear()
        for slot in self._constant:
            slot[0] = None


def _can_be_kept(held: Any) -> bool:
    """Return whether a node is short text, a number or None, or a tuple of these.

    Python's 0 and 1 equal False and True, which have other label texts; 2 and 2.0 have the same text.
    """
    kind = type(held)
    if kind is str:
        return len(held) <= FAST_LENGTH
    if kind is int or kind is float:
        return held not in (0, 1)
    return held is None or (kind is tuple and all(map(_can_be_kept, held)))
