"""Measure things in turn, so that the machine's moods meet all of them."""

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
    """Sum up what was measured; a single value has no spread."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def in_turn(actions: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """Run all actions in each round, every second time in reverse order.

    Args:
        actions: each measures once.
        rounds: how many; one more is run first and not counted.

    Returns:
        What each action measured, by round.
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
    """Make a measurement of something short: as a mean over so many runs as take the given time.

    Args:
        action: what is measured; its result is dropped.
        seconds: how long a measurement takes at least.
        clock: what it is measured by: CPU time, which other processes move less than they do the clock on the wall.
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
