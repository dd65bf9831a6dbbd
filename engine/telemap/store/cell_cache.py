"""The cells of one family as generated code finds them: by what an event holds, before any label is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.label_text import FAST_LENGTH, OVERFLOW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telemap.store.cells import Cell, Key

_MAX_MORE: Final = 1024
"""How many more texts than series are kept for one way of making labels; then all are found anew.

Events can hold texts without end that all lead to few series.
"""


class KnownCells:
    """Find cells without making labels again.

    What an event holds leads to the same label texts each time, so the cell that it led to is kept until series go. Not
    so a text that `max_values` left no room for: another source of the family may have more room, and let it in.

    Args:
        cells: the family's series.
        admit: makes the cell of a series that is not there yet; given its key and its open positions.
    """

    def __init__(self, cells: dict[Key, Cell], admit: Callable[[Key, tuple[int, ...]], Cell]) -> None:
        self._cells = cells
        self._admit = admit
        self._by_labels: list[dict[Any, Cell]] = []
        self._constant: list[list[Cell | None]] = []

    def by_labels(
        self, open_positions: tuple[int, ...], *takes: tuple[int, Callable[[str], None]]
    ) -> tuple[dict[Any, Cell], Callable[[Any, Key], Cell]]:
        """Return the cells that are known, and the function that finds the others.

        The function is given what the event holds for the labels, and the key of their texts.

        Args:
            open_positions: positions in the key of labels whose values are not known before the events.
            takes: for labels with `max_values`, their position, and what notes the text of a sample that was taken.
        """
        known: dict[Any, Cell] = {}
        self._by_labels.append(known)
        cells, admit = self._cells, self._admit

        def find(held: Any, key: Key) -> Cell:
            cell = cells.get(key)
            if cell is None:
                cell = admit(key, open_positions)
                if cells.get(key) is not cell:  # a sample that went elsewhere, for want of room
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
        """Return a list whose only item is the cell of a key when it is known, and the function that finds it."""
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
        """Find all cells anew, because series have gone."""
        for known in self._by_labels:
            known.clear()
        for slot in self._constant:
            slot[0] = None


def _can_be_kept(held: Any) -> bool:
    """Return whether what an event holds is short text, a number or nothing, or some of them.

    0 and 1 are one key with false and true, which are other label texts; 2 and 2.0 are the same text.
    """
    kind = type(held)
    if kind is str:
        return len(held) <= FAST_LENGTH
    if kind is int or kind is float:
        return held not in (0, 1)
    return held is None or (kind is tuple and all(map(_can_be_kept, held)))
