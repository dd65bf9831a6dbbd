"""The conditions of `when`, which must hold for a rule to run."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from telemap.path import Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.model.conversions import Conversion
    from telemap.model.operators import Operator

Operand: TypeAlias = "str | float | bool | Path"
"""Text, a number, a boolean, or the path of a node to compare with."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`{path: P, as: C, OP: X}`; `operands` has one item, except for operators with a list.

    Attributes:
        convert: `as`, which converts the node, and those of paths in operands if it does not measure their size.
    """

    path: Path
    operator: Operator
    operands: tuple[Operand, ...]
    convert: Conversion | None = None

    @property
    def convert_operands(self) -> Conversion | None:
        """Return the conversion of paths in operands, if any."""
        return None if self.convert is None or self.convert.row.measures_size else self.convert

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the compared path, and those of the operands."""
        return (self.path, *(operand for operand in self.operands if isinstance(operand, Path)))

    def tests(self) -> Iterator[Condition]:
        """Return only this condition."""
        return iter((self,))

    def comparisons(self) -> Iterator[Comparison]:
        """Return only this condition."""
        return iter((self,))


@dataclass(frozen=True, slots=True)
class AllOf:
    """All conditions hold."""

    conditions: tuple[Condition, ...]

    def tests(self) -> Iterator[Condition]:
        """Return the condition and the nested ones, outer ones first."""
        return chain((self,), *(condition.tests() for condition in self.conditions))

    def comparisons(self) -> Iterator[Comparison]:
        """Return the nested comparisons."""
        return chain.from_iterable(condition.comparisons() for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple[Condition, ...]

    def tests(self) -> Iterator[Condition]:
        """Return the condition and the nested ones, outer ones first."""
        return chain((self,), *(condition.tests() for condition in self.conditions))

    def comparisons(self) -> Iterator[Comparison]:
        """Return the nested comparisons."""
        return chain.from_iterable(condition.comparisons() for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: Condition

    def tests(self) -> Iterator[Condition]:
        """Return the condition and the nested ones, outer ones first."""
        return chain((self,), self.condition.tests())

    def comparisons(self) -> Iterator[Comparison]:
        """Return the nested comparisons."""
        return self.condition.comparisons()


Condition: TypeAlias = Comparison | AllOf | AnyOf | Not
