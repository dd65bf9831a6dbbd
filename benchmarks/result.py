"""Benchmark results and their targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from measuring import Spread, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

Verdict: TypeAlias = Literal["met", "within noise", "missed", "no target"]

RATIO = "x"
_FACTORS = {"s": (1.0, "s"), "ms": (1e3, "ms"), "us": (1e6, "µs")}


@dataclass(frozen=True)
class Target:
    """A target: at most or at least a value."""

    most: float | None = None
    least: float | None = None

    def allows(self, value: float) -> bool:
        """Return whether a value meets the target."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)


@dataclass(frozen=True)
class Result:
    """A comparison, or a single number.

    Attributes:
        row: the number of the row, or a word for rows without a number.
        what: what was measured, and compared with what.
        value: the value to judge, over all rounds.
        unit: the unit of the value; `x` for a ratio.
        target: the target, if any.
        ours: telemap's measurement, if the value is a ratio.
        other: the measurement that it is compared with.
        measured_in: the unit of these two.
        rounds: the number of rounds.
    """

    row: str
    what: str
    value: Spread
    unit: str
    target: Target | None
    ours: Spread | None = None
    other: Spread | None = None
    measured_in: str = ""
    rounds: int = 1

    @property
    def verdict(self) -> Verdict:
        """Return the verdict; a target is missed only if three of four rounds miss it."""
        if self.target is None:
            return "no target"
        if self.target.allows(self.value.median):
            return "met"
        best = self.value.low if self.target.most is not None else self.value.high
        return "within noise" if self.target.allows(best) else "missed"


def compared(
    row: str,
    what: str,
    measured: Sequence[Sequence[float]],
    target: Target | None,
    *,
    measured_in: str = "s",
) -> Result:
    """Compare two series of measurements, round by round.

    Args:
        row: see `Result`.
        what: see `Result`.
        measured: telemap's measurements, and the other's.
        target: `most` applies to our time divided by the other's, `least` to the other's divided by ours.
        measured_in: the unit of the measurements.
    """
    ours, other = measured
    upside_down = target is not None and target.least is not None
    ratios = [theirs / mine if upside_down else mine / theirs for mine, theirs in zip(ours, other, strict=True)]
    return Result(
        row, what, spread(ratios), RATIO, target, spread(ours), spread(other), measured_in, rounds=len(ratios)
    )


def stated(row: str, what: str, values: Sequence[float], unit: str, target: Target | None) -> Result:
    """Return a result that is a single number, not a comparison."""
    return Result(row, what, spread(values), unit, target, rounds=len(values))


def shown(value: float, unit: str) -> str:
    """Format a number with its unit; seconds may become ms or µs."""
    if unit == "s":
        name = "s" if value >= 1 else "ms" if value >= 1e-3 else "us"
        factor, unit = _FACTORS[name]
        return f"{value * factor:.3g} {unit}"
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.3g} {unit}"
