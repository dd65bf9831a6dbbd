"""What makes the bounds of buckets: one row for each word."""

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
    """Return a bound that is so many widths from the first."""
    return (start[0] * width[1] + number * width[0] * start[1]) / (start[1] * width[1])


def exponential(start: Ratio, factor: Ratio, number: int) -> float:
    """Return a bound that is so many factors from the first."""
    bound: float = start[0] * factor[0] ** number / (start[1] * factor[1] ** number)
    return bound


class BucketGeneratorRow(NamedTuple):
    """What there is to know of a generator.

    Attributes:
        word: its key under `buckets`.
        step: the key of what leads from one bound to the next, beside `start` and `count`.
        above_start: what `start` must be more than.
        above_step: what the step must be more than.
        bound: returns a bound by its number, the first being 0, from `start` and step.
        words: what it makes, in Markdown.
        example: of `start`, step and `count`, for editors.
    """

    word: str
    step: str
    above_start: float
    above_step: float
    bound: Callable[[Ratio, Ratio, int], float]
    words: str
    example: tuple[float, float, int]


class BucketGenerator(Enum):
    """What makes the bounds of buckets."""

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
        words="bounds of which each is the one before, times a factor",
        example=(0.005, 2, 12),
    )

    row: BucketGeneratorRow

    def __new__(cls, *row: Any) -> Self:
        """Make a member of its row; its value is the word."""
        member = object.__new__(cls)
        member.row = BucketGeneratorRow(*row)
        member._value_ = member.row.word
        return member

    @property
    def keys(self) -> tuple[str, str, str]:
        """Return the keys under it."""
        return "start", self.row.step, "count"
