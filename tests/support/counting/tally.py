"""Invocations counted by function and status: how many they are, and how long they took together."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from servers.prometheus import Sample

Key = TypeVar("Key")

TICKS_A_MILLISECOND = 100
TICKS_A_SECOND = 1000 * TICKS_A_MILLISECOND
"""Durations are compared in whole ticks of 10 µs: sums of floats differ in their last digits by the order of adding."""

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)
"""The buckets of `aws_lambda_invocation_duration_seconds`, besides the one without a bound."""


class Kind(NamedTuple):
    """What invocations are told apart by."""

    function: str
    status: str


class Bucket(NamedTuple):
    """A bucket of the durations of a kind."""

    kind: Kind
    bound: float


@dataclass(frozen=True)
class Tally:
    """A count of invocations; what is 0 is not in it.

    Attributes:
        runs: how many.
        ticks: how long together.
        buckets: how many took no longer than a bucket's bound.
    """

    runs: Counter[Kind] = field(default_factory=Counter)
    ticks: Counter[Kind] = field(default_factory=Counter)
    buckets: Counter[Bucket] = field(default_factory=Counter)

    @classmethod
    def of(cls, kind: Kind, ticks: int) -> Tally:
        """Count one invocation."""
        buckets = (Bucket(kind, bound) for bound in (*BOUNDS, math.inf) if ticks <= bound * TICKS_A_SECOND + 1e-6)
        return cls(Counter({kind: 1}), Counter({kind: ticks}), Counter(buckets))

    def __add__(self, other: Tally) -> Tally:
        return self._with(other, 1)

    def __sub__(self, other: Tally) -> Tally:
        return self._with(other, -1)

    def _with(self, other: Tally, sign: int) -> Tally:
        return Tally(
            _combined(self.runs, other.runs, sign),
            _combined(self.ticks, other.ticks, sign),
            _combined(self.buckets, other.buckets, sign),
        )

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


def buckets_in(samples: Iterable[Sample]) -> Counter[Bucket]:
    """Read an answer that is by `job`, `status` and `le`, as `kinds_in` does."""
    found: Counter[Bucket] = Counter()
    for labels, value in samples:
        found[Bucket(Kind(labels["job"], labels["status"]), float(labels["le"]))] += whole(value, 1)
    return Counter({bucket: count for bucket, count in found.items() if count})


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


def _combined(left: Counter[Key], right: Counter[Key], sign: int) -> Counter[Key]:
    sums = {kind: left[kind] + sign * right[kind] for kind in {*left, *right}}
    return Counter({kind: count for kind, count in sums.items() if count})
