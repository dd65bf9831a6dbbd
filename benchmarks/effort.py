"""How much to measure, and what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Effort:
    """How much to measure, and what.

    Attributes:
        rounds: number of rounds of measurements in this process.
        sample_seconds: minimum CPU time of one measurement; short actions are repeated.
        starts: number of rounds of process starts.
        slow_starts: the same for starts that take seconds.
        invocations: number of invocations in a long life.
        families: sizes of mappings, ascending.
        series: numbers of series to render.
        layer: the layer's zip; None to assemble a layer from the installed packages.
    """

    rounds: int
    sample_seconds: float
    starts: int
    slow_starts: int
    invocations: int = 1000
    families: tuple[int, ...] = (10, 100, 1000)
    series: tuple[int, ...] = (100, 1000, 10_000)
    layer: Path | None = None


FULL = Effort(rounds=41, sample_seconds=0.01, starts=21, slow_starts=5)
QUICK = Effort(rounds=25, sample_seconds=0.008, starts=15, slow_starts=3)
TINY = Effort(
    rounds=2, sample_seconds=0.0005, starts=1, slow_starts=1, invocations=5, families=(10, 20), series=(20,)
)  # checks that everything runs; its numbers are meaningless
