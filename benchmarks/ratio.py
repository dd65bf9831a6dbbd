"""Run two things in turn and compare them pair by pair."""

from __future__ import annotations

import os
import platform
import statistics
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Ratio(NamedTuple):
    """How the first compares with the second.

    Attributes:
        median: of the pairs' ratios.
        low: lower quartile.
        high: upper quartile.
        first_seconds: median time of the first.
        second_seconds: median time of the second.
    """

    median: float
    low: float
    high: float
    first_seconds: float
    second_seconds: float


def compare(first: Callable[[], float], second: Callable[[], float], *, rounds: int) -> Ratio:
    """Compare two measurements, taken in turn so that the machine's moods meet both.

    Args:
        first: measures once, in seconds.
        second: likewise.
        rounds: how many pairs; one more is run first and not counted.
    """
    pairs = [(first(), second()) for _ in range(rounds + 1)][1:]
    ratios = [one / other for one, other in pairs]
    low, _, high = statistics.quantiles(ratios, n=4)
    seconds = [statistics.median(times) for times in zip(*pairs, strict=True)]
    return Ratio(statistics.median(ratios), low, high, *seconds)


def show(what: str, ratio: Ratio) -> None:
    """Print one row of a Markdown table."""
    times = f"{ratio.first_seconds * 1e3:.3g} ms | {ratio.second_seconds * 1e3:.3g} ms"
    print(f"| {what} | {times} | {ratio.median:.2f} | {ratio.low:.2f} to {ratio.high:.2f} |")


def head() -> None:
    """Print the machine and the head of the table."""
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs\n"
    )
    print("| what | telemap | other | ratio | quartiles |")
    print("| --- | --- | --- | --- | --- |")
