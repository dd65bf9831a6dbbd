"""What a process takes while it is soaked, and whether that stays flat."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extension.expositions import samples
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from telemap_lambda.sandbox.usage import Footprint

READINGS = 20
"""Readings of a soak."""

_WARM = 7
"""The reading after which nothing may grow: before it, caches fill and series reach their limits."""

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Reading:
    """One reading.

    Attributes:
        done: how much of the work was done.
        at: the monotonic time, in seconds.
        footprint: memory, threads and descriptors of the process.
        series: its series, where they can be known.
    """

    done: int
    at: float
    footprint: Footprint
    series: int


class Readings:
    """The readings of one soak.

    Args:
        title: what is soaked.
        work: how much there is to do.
    """

    def __init__(self, title: str, work: int) -> None:
        self._title = title
        self._every = max(work // READINGS, 1)
        self._began = time.monotonic()
        self._readings: list[Reading] = []

    def due(self, done: int) -> bool:
        """Return whether to read, so much work being done."""
        return done % self._every == 0

    def add(self, done: int, footprint: Footprint, series: int) -> None:
        """Note a reading; where nobody knows of series, there are as many as before."""
        before = self._readings[-1].series if self._readings else 0
        self._readings.append(Reading(done, time.monotonic() - self._began, footprint, series or before))

    def show(self, note: str = "") -> None:
        """Print a table, with a note below it."""
        table = Table(title=self._title, title_justify="left", caption=note, caption_justify="left")
        for heading in ("done", "seconds", "RSS, MiB", "threads", "descriptors", "series"):
            table.add_column(heading, justify="right")
        for one in self._readings:
            taken = one.footprint
            numbers = (
                f"{taken.resident_bytes / _MIB:.2f}",
                str(taken.threads),
                str(taken.descriptors),
                str(one.series),
            )
            table.add_row(str(one.done), f"{one.at:.1f}", *numbers)
        Console().print(table)

    def assert_flat(self, *, bytes_more: int, series: int, few: int = 2) -> None:
        """Check that nothing grew after the warm-up.

        Args:
            bytes_more: how much more memory there may be at the end.
            series: how many there may be, where they can be known.
            few: how many threads and descriptors more; a post or a push may be under way.
        """
        warm, last = self._readings[_WARM], self._readings[-1]
        assert last.footprint.resident_bytes - warm.footprint.resident_bytes <= bytes_more, (warm, last)
        assert last.footprint.threads <= warm.footprint.threads + few, (warm, last)
        assert last.footprint.descriptors <= warm.footprint.descriptors + few, (warm, last)
        assert last.series <= series, last


def series_in(exposition: str) -> int:
    """Count the series that an extension says it has."""
    return int(sum(count for (name, _), count in samples(exposition).items() if name == "telemap_series"))
