"""The tests of `when`: what must hold for a source to run."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from telemap.path import Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.model.operators import Operator

Operand: TypeAlias = "str | float | bool | Path"
"""Text, number, truth value, or the path of what to compare with."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`{path: P, OP: X}`; `operands` has one item but for operators that take a list."""

    path: Path
    operator: Operator
    operands: tuple[Operand, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the path that is tested, and those that it is compared with."""
        return (self.path, *(operand for operand in self.operands if isinstance(operand, Path)))

    def tests(self) -> Iterator[Condition]:
        """Return the test alone."""
        return iter((self,))

    def comparisons(self) -> Iterator[Comparison]:
        """Return the test alone."""
        return iter((self,))


@dataclass(frozen=True, slots=True)
class AllOf:
    """All conditions hold."""

    conditions: tuple[Condition, ...]

    def tests(self) -> Iterator[Condition]:
        """Return the test and those within it, each before those within it."""
        return chain((self,), *(condition.tests() for condition in self.conditions))

    def comparisons(self) -> Iterator[Comparison]:
        """Return the comparisons within it."""
        return chain.from_iterable(condition.comparisons() for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple[Condition, ...]

    def tests(self) -> Iterator[Condition]:
        """Return the test and those within it, each before those within it."""
        return chain((self,), *(condition.tests() for condition in self.conditions))

    def comparisons(self) -> Iterator[Comparison]:
        """Return the comparisons within it."""
        return chain.from_iterable(condition.comparisons() for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: Condition

    def tests(self) -> Iterator[Condition]:
        """Return the test and those within it, each before those within it."""
        return chain((self,), self.condition.tests())

    def comparisons(self) -> Iterator[Comparison]:
        """Return the comparisons within it."""
        return self.condition.comparisons()


Condition: TypeAlias = Comparison | AllOf | AnyOf | Not
