"""The possible values of an event's node, given conditions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from telemap.model import Operator
from telemap.model.operators import EQUAL
from telemap.path import Path

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from telemap.model import Comparison, Operand


def excludes(test: Comparison, *, holds: bool) -> bool:
    """Return whether a condition excludes the values of its operands."""
    row = test.operator.row
    return row.template == EQUAL and row.negated is holds


@dataclass(slots=True)
class Numbers:
    """Numbers between two bounds, perhaps limited to a list."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    only: set[float] | None = None
    without: set[float] = field(default_factory=set)

    @property
    def none_left(self) -> bool:
        """Return whether no number is possible."""
        if self.only is not None:
            return not any(map(self._fits, self.only))
        if self.low == self.high:
            return not self._fits(self.low)
        return self.low > self.high

    def settle(self) -> None:
        """Limit the possible values to those of a list."""
        if self.only is not None:
            self.only = set(filter(self._fits, self.only))

    def bound(self, number: float, *, above: bool, inclusive: bool) -> None:
        """Keep the numbers on one side of a bound, with or without the bound itself."""
        if above:
            self.low, self.low_open = max((self.low, self.low_open), (number, not inclusive))
        else:
            high, closed = min((self.high, not self.high_open), (number, inclusive))
            self.high, self.high_open = high, not closed

    def _fits(self, number: float) -> bool:
        above = number >= self.low and not (number == self.low and self.low_open)
        below = number <= self.high and not (number == self.high and self.high_open)
        return above and below and number not in self.without


@dataclass(slots=True)
class Texts:
    """Texts that a function accepts, perhaps limited to a list."""

    only: Set[str] | None = None
    without: set[str] = field(default_factory=set)
    fits: Callable[[str], bool] | None = None

    @property
    def none_left(self) -> bool:
        """Return whether no text is possible."""
        return self.only is not None and not any(map(self._fits, self.only))

    def settle(self) -> None:
        """Limit the possible values to those of a list."""
        if self.only is not None:
            self.only = set(filter(self._fits, self.only))

    def _fits(self, text: str) -> bool:
        return text not in self.without and (self.fits is None or self.fits(text))


@dataclass(slots=True)
class Possible:
    """The possible values of a node: missing (or null), a boolean, a number, text, an object or an array."""

    absent: bool = True
    truths: set[bool] = field(default_factory=lambda: {True, False})
    numbers: Numbers = field(default_factory=Numbers)
    texts: Texts = field(default_factory=Texts)
    members: bool = True

    @property
    def none_left(self) -> bool:
        """Return whether no value is possible."""
        return not (self.absent or self.truths or self.members) and self.numbers.none_left and self.texts.none_left

    @property
    def listed(self) -> int:
        """Return the number of listed numbers and texts."""
        return len(self.numbers.only or ()) + len(self.texts.only or ())

    def settle(self) -> None:
        """Remove impossible values from lists, so that looking for possible ones is fast."""
        self.numbers.settle()
        self.texts.settle()

    def copy(self, *, sets: bool) -> Possible:
        """Return a copy that can be restricted.

        Args:
            sets: whether to copy the sets of excluded values, too.
        """
        numbers, texts = replace(self.numbers), replace(self.texts)
        if sets:
            numbers.without, texts.without = set(numbers.without), set(texts.without)
        return Possible(self.absent, set(self.truths), numbers, texts, self.members)

    def restrict(self, test: Comparison, *, holds: bool) -> None:
        """Keep the values for which a condition holds, or does not hold."""
        operands = test.operands
        match test.operator:
            case Operator.EXISTS:
                self._exists(holds=operands[0] is holds)
            case Operator.EQUALS | Operator.IN:
                self._equal(operands, holds=holds)
            case Operator.NOT_EQUALS | Operator.NOT_IN:
                self._equal(operands, holds=not holds)
            case Operator.MATCHES:
                self._match(holds=holds)
            case Operator.GT:
                self._order(operands[0], above=True, inclusive=False, holds=holds)
            case Operator.GE:
                self._order(operands[0], above=True, inclusive=True, holds=holds)
            case Operator.LT:
                self._order(operands[0], above=False, inclusive=False, holds=holds)
            case Operator.LE:
                self._order(operands[0], above=False, inclusive=True, holds=holds)
            case _:
                assert_never(test.operator)

    def _only(self, *, absent: bool = False, numbers: bool = False, texts: bool = False) -> None:
        """Keep the values of one kind."""
        self.absent = self.absent and absent
        self.members = False
        self.truths.clear()
        if not numbers:
            self.numbers.only = set()
        if not texts:
            self.texts.only = set()

    def _exists(self, *, holds: bool) -> None:
        if holds:
            self.absent = False
        else:
            self._only(absent=True)

    def _match(self, *, holds: bool) -> None:
        if holds:
            self._only(texts=True)

    def _equal(self, operands: tuple[Operand, ...], *, holds: bool) -> None:
        truths = {operand for operand in operands if isinstance(operand, bool)}
        numbers = {one for one in operands if isinstance(one, int | float) and not isinstance(one, bool)}
        texts = {operand for operand in operands if isinstance(operand, str)}
        if not holds:
            self.truths -= truths
            self.numbers.without |= numbers
            self.texts.without |= texts
            return
        self.absent = False
        if any(isinstance(operand, Path) for operand in operands):
            return
        self.members = False
        self.truths &= truths
        self.numbers.only = numbers if self.numbers.only is None else self.numbers.only & numbers
        self.texts.only = texts if self.texts.only is None else self.texts.only & texts

    def _order(self, operand: Operand, *, above: bool, inclusive: bool, holds: bool) -> None:
        if holds:
            self._only(numbers=True)
        if isinstance(operand, int | float):
            self.numbers.bound(operand, above=above is holds, inclusive=inclusive is holds)
