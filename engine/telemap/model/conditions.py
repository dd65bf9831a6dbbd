"""The tests of `when`: what must hold for a source to run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from telemap.path import Path


class Operator(Enum):
    """How a test compares."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    IN = "in"
    NOT_IN = "not_in"
    MATCHES = "matches"
    EXISTS = "exists"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


Operand: TypeAlias = "str | float | bool | Path"
"""Text, number, truth value, or the path of what to compare with."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`{path: P, OP: X}`; `operands` has one item but for `in` and `not_in`."""

    path: Path
    operator: Operator
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All conditions hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: Condition


Condition: TypeAlias = Comparison | AllOf | AnyOf | Not
