"""The series of one metric: cells, limits and skipped samples."""

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
"""Reasons to skip a sample: a node is missing, text does not parse, a regex is slow, or a value is invalid."""


_ARRAY: Final = ", but an array of them, whose items 'each' reads"
_TEXT: Final = ", but text of one, which 'as: number' converts"
_LONGEST_NUMBER: Final = 64


class Budget:
    """The remaining number of series of all metrics in a process."""

    def __init__(self, limit: int) -> None:
        self.left = limit


class FamilySeries:
    """All series of one metric in one store.

    Attributes:
        shape: the metric.
        cells: series by key.
        known: the cache of cells for generated code.
        changes: increases whenever series are added or removed, so that readers can invalidate caches.
        overflowed: samples beyond a limit.
        overflowed_total: those beyond only the limit of the process.
        skipped: skipped samples, by reason.
        found_arrays: whether a value was an array of numbers.
        pinned: whether no series may expire, because they are being pushed.
        acknowledged: the series that a gateway that adds up has received; None if not tracked. A series only expires
            when it has been received completely.
    """

    def __init__(self, shape: FamilyShape, budget: Budget, warn: Callable[[str], None]) -> None:
        self.shape = shape
        self.cells: dict[Key, Cell] = {}
        self.changes = 0
        self.overflowed = 0
        self.overflowed_total = 0
        self.skipped = dict.fromkeys(SKIP_REASONS, 0)
        self.found_arrays = False
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
        """Return the functions that generated code calls for skipped samples."""
        return self._reject, self._reject_label, self._reject_test, self._unparsed

    def begin(self, key: Key) -> None:
        """Create a series of `init`."""
        self.initial[key] = None
        if key not in self.cells:
            self.admit(key, ())

    def expire(self, now: float) -> None:
        """Remove series whose last sample is older than `expire`.

        Args:
            now: the time on the clock of the cells, in seconds.
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
        """Start again with the given series and those of `init`."""
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
        """Return whether a gateway that adds up has received a series completely."""
        known = self.acknowledged
        return known is None or (key in known and known[key][0] == cell[0])

    def admit(self, key: Key, open_positions: tuple[int, ...]) -> Cell:
        """Return the cell of a new series.

        Beyond the limit, it is the cell of the overflow series, or one that is discarded.

        Args:
            key: label values of the sample.
            open_positions: positions in the key of labels that are not closed.
        """
        has_room = len(self.cells) - len(self._folded) < self.shape.series_limit
        if has_room and self._budget.left > 0:
            self._budget.left -= 1
            return self._create(key)
        self.overflowed += 1
        self.overflowed_total += has_room
        return self._beyond(key, open_positions)

    def _handling(self, overflow: Overflow | None) -> Callable[[Key, tuple[int, ...]], Cell]:
        """Return the function that returns the cell of a sample beyond the limit."""
        match overflow:
            case Overflow.FOLD:
                return self._fold
            case Overflow.DROP | None:
                return lambda _key, _open_positions: self.new_cell()
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
        cell = self.cells[key] = self.new_cell()
        return cell

    def new_cell(self) -> Cell:
        """Return the cell of a series without samples."""
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
        """Count text that did not parse, or whose regex was interrupted."""
        self.skipped["cut_off" if outcome is CutOff else "parse"] += 1

    def _reject_label(self) -> None:
        self._skip("label", "a label is an object, an array, several nodes, or no number of JSON")

    def _reject_test(self) -> None:
        self._skip("test", "a test found several nodes where it wants one")

    def _reject(self, value: Any, factor: float) -> None:
        """Count a value that is missing or invalid.

        Args:
            value: the node of the path.
            factor: the factor of the value.
        """
        if value is None:
            self.skipped["missing"] += 1
        elif type(value) is not int and type(value) is not float:
            is_array = type(value) is list and bool(value) and type(value[0]) in {int, float}
            self.found_arrays |= is_array
            self._skip("not_a_number", f"a value is not a number{_ARRAY if is_array else _instead(value)}")
        elif type(value) is float and not math.isfinite(value):
            self._skip("not_finite", "a value is not finite")
        elif self.shape.type.row.counts and _is_finite_product(value, factor) and value * factor < 0:
            self._skip("negative", "a counter was to go down")
        else:
            self._skip("too_large", "a value, or the sum with it, is too large for a float")

    def _skip(self, reason: str, words: str) -> None:
        """Count a skipped sample, and report it once, because telemetry repeats."""
        self.skipped[reason] += 1
        if self.skipped[reason] == 1:
            self._warn(f"metric {self.shape.name!r}: {words}; samples like this are skipped and counted")


def _instead(value: Any) -> str:
    """Return what a value is that is text of a number; empty for others."""
    if type(value) is not str or len(value) > _LONGEST_NUMBER:
        return ""
    try:
        return _TEXT if math.isfinite(float(value)) else ""
    except ValueError:
        return ""


def _is_finite_product(value: float, factor: float) -> bool:
    try:
        return math.isfinite(value * factor)
    except OverflowError:  # an integer beyond the range of floats
        return False
