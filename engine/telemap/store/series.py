"""The series of one family: cells, limits, and what was skipped."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, assert_never

from telemap.label_text import OVERFLOW
from telemap.model import MetricType, Overflow
from telemap.runtime.regexes import CutOff
from telemap.store.cell_cache import KnownCells

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap.plan import FamilyShape
    from telemap.store.cells import Cell, Key

SKIP_REASONS: Final = (
    "missing",
    "parse",
    "cut_off",
    "test",
    "label",
    "not_a_number",
    "not_finite",
    "too_large",
    "negative",
)
"""Why a sample is not taken: nothing is there, text does not parse, a regex is slow, or what is there is invalid."""


class Budget:
    """How many more series a process may have, all families together."""

    def __init__(self, limit: int) -> None:
        self.left = limit


class FamilySeries:
    """All series of one family in one store.

    Attributes:
        shape: the family.
        cells: series by key.
        known: gives generated code their cells.
        changes: grows whenever series appear or go, so that readers know when what they cached is old.
        overflowed: samples that came when a limit was reached.
        overflowed_total: those of them that came when only the process's limit was.
        skipped: samples not taken, by reason.
        pinned: whether nothing may be forgotten, because a push that holds it is under way.
        acknowledged: what a gateway that adds up has of this family; None where nobody keeps it. A series expires only
            when all of it is there.
    """

    def __init__(self, shape: FamilyShape, budget: Budget, warn: Callable[[str], None]) -> None:
        self.shape = shape
        self.cells: dict[Key, Cell] = {}
        self.changes = 0
        self.overflowed = 0
        self.overflowed_total = 0
        self.skipped = dict.fromkeys(SKIP_REASONS, 0)
        self.pinned = False
        self.acknowledged: dict[Key, Cell] | None = None
        self._warn = warn
        self._budget = budget
        self._folded: set[Key] = set()
        self.known = KnownCells(self.cells, self.admit)
        self._oldest = -math.inf
        self.initial: dict[Key, None] = {}
        self._beyond = self._handling(shape.overflow)

    def bound(self) -> tuple[Any, ...]:
        """Return what generated code calls for this family when no sample is taken."""
        return self._reject, self._reject_label, self._reject_test, self._unparsed

    def begin(self, key: Key) -> None:
        """Make a series that exists from the start."""
        self.initial[key] = None
        if key not in self.cells:
            self.admit(key, ())

    def expire(self, now: float) -> None:
        """Forget series that had no sample for as long as the family says.

        Args:
            now: seconds on the clock that cells are touched by.
        """
        expire = self.shape.expire
        if expire is None or self.pinned or now - self._oldest < expire:
            return
        gone = [key for key, cell in self.cells.items() if now - cell[1] >= expire and self._is_known(key, cell)]
        if gone:
            self.known.forget()
        for key in gone:
            del self.cells[key]
            self.changes += 1
            if key in self._folded:
                self._folded.remove(key)
            else:
                self._budget.left += 1
            if self.acknowledged is not None:
                del self.acknowledged[key]
        self._oldest = min((cell[1] for cell in self.cells.values()), default=now)

    def restart(self, kept: Mapping[Key, Cell]) -> None:
        """Begin anew, with these series and those of `init`."""
        self._budget.left += len(self.cells) - len(self._folded)
        self.known.forget()
        self.cells.clear()
        self.cells.update(kept)
        self._folded &= kept.keys()
        self._budget.left -= len(self.cells) - len(self._folded)
        self.changes += 1
        for key in self.initial:
            self.begin(key)

    def _is_known(self, key: Key, cell: Cell) -> bool:
        """Return whether a gateway that adds up has all of a series."""
        known = self.acknowledged
        return known is None or (key in known and known[key][0] == cell[0])

    def admit(self, key: Key, open_positions: tuple[int, ...]) -> Cell:
        """Return the cell of a series that is not there yet.

        Beyond the limit it is the cell of the series that holds the overflow, or one that nobody reads.

        Args:
            key: label values of the sample.
            open_positions: positions in the key of labels whose values are not known before the events.
        """
        has_room = len(self.cells) - len(self._folded) < self.shape.series_limit
        if has_room and self._budget.left > 0:
            self._budget.left -= 1
            return self._create(key)
        self.overflowed += 1
        self.overflowed_total += has_room
        return self._beyond(key, open_positions)

    def _handling(self, overflow: Overflow | None) -> Callable[[Key, tuple[int, ...]], Cell]:
        """Return what gives the cell of a sample beyond the limit."""
        match overflow:
            case Overflow.FOLD:
                return self._fold
            case Overflow.DROP | None:
                return lambda _key, _open_positions: self._new_cell()
            case _:
                assert_never(overflow)

    def _fold(self, key: Key, open_positions: tuple[int, ...]) -> Cell:
        fold = tuple(OVERFLOW if position in open_positions else text for position, text in enumerate(key))
        cell = self.cells.get(fold)
        if cell is None:
            self._folded.add(fold)
            cell = self._create(fold)
        return cell

    def _create(self, key: Key) -> Cell:
        self.changes += 1
        cell = self.cells[key] = self._new_cell()
        return cell

    def _new_cell(self) -> Cell:
        match self.shape.type:
            case MetricType.COUNTER | MetricType.GAUGE:
                return [self.shape.start] if self.shape.expire is None else [self.shape.start, 0.0]
            case MetricType.SUMMARY:
                return [0.0, 0.0]
            case MetricType.HISTOGRAM:
                return [0.0] * (len(self.shape.buckets) + 2)
            case _:
                assert_never(self.shape.type)

    def _unparsed(self, outcome: Any) -> None:
        """Count text that did not parse, or whose regex was cut off."""
        self.skipped["cut_off" if outcome is CutOff else "parse"] += 1

    def _reject_label(self) -> None:
        self._skip("label", "a label is an object, an array, several nodes, or no number of JSON")

    def _reject_test(self) -> None:
        self._skip("test", "a test found several nodes where it wants one")

    def _reject(self, value: Any, factor: float) -> None:
        """Count a value that is missing, or is no number that the family can take.

        Args:
            value: what the path found.
            factor: what it was to be multiplied by.
        """
        if value is None:
            self.skipped["missing"] += 1
        elif type(value) is not int and type(value) is not float:
            self._skip("not_a_number", "a value is not a number")
        elif type(value) is float and not math.isfinite(value):
            self._skip("not_finite", "a value is not finite")
        elif self.shape.type.row.counts and _is_finite_product(value, factor) and value * factor < 0:
            self._skip("negative", "a counter was to go down")
        else:
            self._skip("too_large", "a value, or the sum with it, is too large for a float")

    def _skip(self, reason: str, words: str) -> None:
        """Count a skipped sample; say so once, because telemetry repeats itself."""
        self.skipped[reason] += 1
        if self.skipped[reason] == 1:
            self._warn(f"metric {self.shape.name!r}: {words}; samples like this are skipped and counted")


def _is_finite_product(value: float, factor: float) -> bool:
    try:
        return math.isfinite(value * factor)
    except OverflowError:  # a whole number beyond the range of floats
        return False
