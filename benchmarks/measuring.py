"""Measure actions in turn, so that other load on the machine affects all of them."""

from __future__ import annotations

import gc
import statistics
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Spread(NamedTuple):
    """A median, and the quartiles around it."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """Return the median and quartiles of measurements; a single value has no spread."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def in_turn(actions: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """Run all actions in each round, in reverse order every second round.

    Args:
        actions: each makes one measurement.
        rounds: the number of rounds, after an additional one as a warm-up.

    Returns:
        The measurements of each action, by round.
    """
    measured: list[list[float]] = [[] for _ in actions]
    for action in actions:
        action()
    gc.collect()
    for number in range(rounds):
        order = range(len(actions)) if number % 2 == 0 else range(len(actions) - 1, -1, -1)
        for at in order:
            measured[at].append(actions[at]())
    return measured


def repeated(
    action: Callable[[], object], seconds: float, clock: Callable[[], float] = time.process_time
) -> Callable[[], float]:
    """Return a measurement of a short action: the mean over as many runs as take the given time.

    Args:
        action: the action to measure; its result is ignored.
        seconds: the minimum time of a measurement.
        clock: the clock; CPU time by default, because other processes affect it less than wall time.
    """
    times = 1
    while (taken := _run(action, times, clock)) < seconds:
        times = max(times + 1, round(times * min(10.0, 1.1 * seconds / max(taken, 1e-9))))
    return lambda: _run(action, times, clock) / times


def _run(action: Callable[[], object], times: int, clock: Callable[[], float]) -> float:
    began = clock()
    for _ in range(times):
        action()
    return clock() - began
