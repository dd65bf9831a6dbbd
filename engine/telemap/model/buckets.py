"""Generators of bucket bounds: one row each."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

Ratio: TypeAlias = tuple[int, int]
"""A number as numerator and denominator."""


def linear(start: Ratio, width: Ratio, number: int) -> float:
    """Return the bound at a number of widths from the first."""
    return (start[0] * width[1] + number * width[0] * start[1]) / (start[1] * width[1])


def exponential(start: Ratio, factor: Ratio, number: int) -> float:
    """Return the bound at a number of factors from the first."""
    bound: float = start[0] * factor[0] ** number / (start[1] * factor[1] ** number)
    return bound


class BucketGeneratorRow(NamedTuple):
    """The definition of a generator.

    Attributes:
        word: its key under `buckets`.
        step: the key of the step between bounds, in addition to `start` and `count`.
        above_start: `start` must be greater than this.
        above_step: the step must be greater than this.
        bound: returns a bound, given `start`, the step and its number, counted from 0.
        words: the description, in Markdown.
        example: values of `start`, the step and `count`, for editors.
    """

    word: str
    step: str
    above_start: float
    above_step: float
    bound: Callable[[Ratio, Ratio, int], float]
    words: str
    example: tuple[float, float, int]


class BucketGenerator(Enum):
    """Generators of bucket bounds."""

    LINEAR = BucketGeneratorRow(
        "linear",
        "width",
        above_start=-math.inf,
        above_step=0.0,
        bound=linear,
        words="bounds at equal distances",
        example=(10, 10, 10),
    )
    EXPONENTIAL = BucketGeneratorRow(
        "exponential",
        "factor",
        above_start=0.0,
        above_step=1.0,
        bound=exponential,
        words="bounds of which each is the previous one times a factor",
        example=(0.005, 2, 12),
    )

    row: BucketGeneratorRow

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the word."""
        member = object.__new__(cls)
        member.row = BucketGeneratorRow(*row)
        member._value_ = member.row.word
        return member

    @property
    def keys(self) -> tuple[str, str, str]:
        """Return the keys of its object."""
        return "start", self.row.step, "count"
