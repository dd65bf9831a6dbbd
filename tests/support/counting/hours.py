"""Hours of sandboxes, as pushes with a time of their own: what a test cannot wait for."""

from __future__ import annotations

import math
import random
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from counting.page import METRIC
from counting.tally import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 4 * 3600
SANDBOXES = 300
AT_A_TIME = (1, 2, 3, 12, 40)
"""Invocations between two pushes."""

PAUSES = (1, 1, 5, 30, 200, 900, 2000)
"""Seconds between two pushes of a sandbox: some lie idle for half an hour."""


class Push(NamedTuple):
    """One push of one sandbox.

    Attributes:
        at: Unix time, in milliseconds.
        added: invocations since its push before.
        counted: invocations since its start.
    """

    at: int
    function: str
    instance: str
    added: Counter[str]
    counted: Counter[str]

    @property
    def text(self) -> str:
        """The exposition, with times."""
        lines = (f'{METRIC}{{status="{status}"}} {runs} {self.at}\n' for status, runs in self.counted.items())
        return "".join(lines)


class Hours:
    """Some hours, in which sandboxes come and go.

    Args:
        end: Unix time at which they end.

    Attributes:
        pushes: all that was pushed.
    """

    def __init__(self, end: float) -> None:
        self._end = end
        self._draw = random.Random(3)  # noqa: S311 - no secret
        self.pushes = [push for number in range(SANDBOXES) for push in self._live(f"i{number}")]

    def ends(self, window: int) -> Iterator[float]:
        """Return the ends of windows that stand side by side and fill the hours."""
        return (self._end - SECONDS + window * number for number in range(1, SECONDS // window + 1))

    def counted(self, start: float, end: float) -> Counter[Kind]:
        """Count the invocations that were pushed after one time and not after another."""
        found: Counter[Kind] = Counter()
        for push in self.pushes:
            if start * 1000 < push.at <= end * 1000:
                found.update({Kind(push.function, status): runs for status, runs in push.added.items()})
        return found

    def series(self, step: int, swept_after: int) -> dict[tuple[str, str, str], list[int | None]]:
        """Return what a scrape finds every `step` seconds, by function, instance and status.

        Args:
            step: seconds.
            swept_after: seconds after a push, at which its group is deleted.
        """
        length = SECONDS // step + 1
        found: dict[tuple[str, str, str], list[int | None]] = {}
        for push in self.pushes:
            first = math.ceil((push.at / 1000 - self._end + SECONDS) / step)
            last = min(length, first + swept_after // step)
            for status, runs in push.counted.items():
                values = found.setdefault((push.function, push.instance, status), [None] * length)
                values[first:] = [runs] * (last - first) + [None] * (length - last)
        return found

    def _live(self, instance: str) -> Iterator[Push]:
        draw = self._draw
        function = draw.choice(("orders", "payments"))
        at = self._end - SECONDS + draw.random() * SECONDS
        counted: Counter[str] = Counter()
        for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
            added = Counter(draw.choices(("success", "error"), (6, 1), k=draw.choice(AT_A_TIME)))
            counted += added
            if at < self._end:
                yield Push(int(at * 1000), function, instance, added, counted.copy())
            at += draw.choice(PAUSES)
