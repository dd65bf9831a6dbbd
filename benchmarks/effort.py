"""How much is measured, and of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Effort:
    """How much is measured, and of what.

    Attributes:
        rounds: how often things that run in this process are measured, each time all of them in turn.
        sample_seconds: CPU time of one such measurement, at least; what is short is repeated in it.
        starts: how often processes are started, likewise.
        slow_starts: the same for starts that take seconds.
        invocations: how many a long life has.
        families: sizes of mappings, ascending.
        series: how many are rendered.
        layer: the zip whose start is measured; None for a layer that is put together from what is installed here.
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
)  # shows that everything runs; its numbers mean nothing
