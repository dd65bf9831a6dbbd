"""Invocations counted by function and status: how many they are, and how long they took together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from servers.prometheus import Sample

TICKS_A_MILLISECOND = 100
TICKS_A_SECOND = 1000 * TICKS_A_MILLISECOND
"""Durations are compared in whole ticks of 10 µs: sums of floats differ in their last digits by the order of adding."""


class Kind(NamedTuple):
    """What invocations are told apart by."""

    function: str
    status: str


@dataclass(frozen=True)
class Tally:
    """A count of invocations; what is 0 is not in it.

    Attributes:
        runs: how many.
        ticks: how long together.
    """

    runs: Counter[Kind] = field(default_factory=Counter)
    ticks: Counter[Kind] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(_combined(self.runs, other.runs, 1), _combined(self.ticks, other.ticks, 1))

    def __sub__(self, other: Tally) -> Tally:
        return Tally(_combined(self.runs, other.runs, -1), _combined(self.ticks, other.ticks, -1))

    @property
    def total(self) -> int:
        """How many there are of all kinds."""
        return self.runs.total()

    @property
    def errors(self) -> Counter[str]:
        """How many did not succeed, by function."""
        return by_function(Counter({kind: runs for kind, runs in self.runs.items() if kind.status != "success"}))


def tally(counts: Iterable[Tally]) -> Tally:
    """Add up."""
    return sum(counts, Tally())


def by_function(counts: Counter[Kind]) -> Counter[str]:
    """Leave the status away."""
    summed: Counter[str] = Counter()
    for kind, count in counts.items():
        summed[kind.function] += count
    return summed


def kinds_in(samples: Iterable[Sample], unit: int = 1) -> Counter[Kind]:
    """Read an answer that is by `job` and `status`, in whole parts of its unit; what is 0 is left out.

    Raises:
        ValueError: a value is no whole number of parts.
    """
    found: Counter[Kind] = Counter()
    for labels, value in samples:
        found[Kind(labels["job"], labels["status"])] += whole(value, unit)
    return Counter({kind: count for kind, count in found.items() if count})


def functions_in(samples: Iterable[Sample], unit: int = 1) -> Counter[str]:
    """Read an answer that is by `job` alone, as `kinds_in` does."""
    found = Counter({labels["job"]: whole(value, unit) for labels, value in samples})
    return Counter({function: count for function, count in found.items() if count})


def whole(value: float, unit: int) -> int:
    """Return the whole number of parts that a value is, or raise.

    Raises:
        ValueError: it is none.
    """
    parts = value * unit
    if abs(parts - round(parts)) > 1e-3:
        message = f"{value} is no whole number of 1/{unit}"
        raise ValueError(message)
    return round(parts)


def _combined(left: Counter[Kind], right: Counter[Kind], sign: int) -> Counter[Kind]:
    sums = {kind: left[kind] + sign * right[kind] for kind in {*left, *right}}
    return Counter({kind: count for kind, count in sums.items() if count})
