"""What a database knows of one series."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.store.cells import Cell


class KnownSeries:
    """What is known of one series of the store, which has a line for each of its samples: each bucket, count and sum.

    Attributes:
        own: whether it is one of telemap's own.
        lines: name and labels of each line, as they are written.
        cell: the series when it was last sent; None before.
        values: of each line, when it was last sent; 0 before.
        times: of each line, in Unix milliseconds; 0 before.
    """

    __slots__ = ("cell", "lines", "own", "times", "values")

    def __init__(self, lines: list[bytes], *, own: bool) -> None:
        self.own = own
        self.lines = lines
        self.cell: Cell | None = None
        self.values = [0.0] * len(lines)
        self.times = [0] * len(lines)
