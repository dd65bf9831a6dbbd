"""What was measured, and whether it meets its target."""

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
    """What is to be reached: at most, or at least, so much."""

    most: float | None = None
    least: float | None = None

    def allows(self, value: float) -> bool:
        """Return whether a value reaches it."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)


@dataclass(frozen=True)
class Result:
    """One comparison, or one number.

    Attributes:
        row: number of the target that it belongs to; of what has none, a word.
        what: what was measured, against what.
        value: what is judged, over all rounds.
        unit: of the value; `x` for a ratio.
        target: None when there is none.
        ours: telemap's own measurement, where the value is a ratio.
        other: what it is compared with.
        measured_in: unit of these two.
        rounds: how often it was measured.
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
        """Judge it: missed is what misses by more than the noise, in three rounds of four."""
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
        measured: telemap's, and those of what it is compared with.
        target: one of `most` is for ours against the other; one of `least` for how many times the other's ours is.
        measured_in: their unit.
    """
    ours, other = measured
    upside_down = target is not None and target.least is not None
    ratios = [theirs / mine if upside_down else mine / theirs for mine, theirs in zip(ours, other, strict=True)]
    return Result(
        row, what, spread(ratios), RATIO, target, spread(ours), spread(other), measured_in, rounds=len(ratios)
    )


def stated(row: str, what: str, values: Sequence[float], unit: str, target: Target | None) -> Result:
    """State a number for itself."""
    return Result(row, what, spread(values), unit, target, rounds=len(values))


def shown(value: float, unit: str) -> str:
    """Write a number with its unit, seconds in what reads best."""
    if unit == "s":
        name = "s" if value >= 1 else "ms" if value >= 1e-3 else "us"
        factor, unit = _FACTORS[name]
        return f"{value * factor:.3g} {unit}"
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.3g} {unit}"
