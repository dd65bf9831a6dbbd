"""Write requests: series sent together, at one time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from telemap.remote_write.form import Format, Line
    from telemap.store.cells import Cell

MAX_BYTES: Final = 4 * 1024 * 1024
"""Maximum size of a body in bytes; the rest goes into another request."""

MAX_LINES: Final = 64
"""Lines encoded together into the same body; their labels are short, so they stay far below `MAX_BYTES`."""

_FRAME: Final = 10
"""Maximum number of bytes around the series of a body."""


class KnownSeries:
    """What a database has of one series, with a line for each of its samples: each bucket, count and sum.

    Attributes:
        own: whether the series is one of telemap's own.
        lines: encoded name and labels of each line.
        cell: series as last sent; None before that.
        values: value of each line as last sent; 0 before that.
        times: time of each line in Unix milliseconds; 0 before that.
    """

    __slots__ = ("cell", "lines", "own", "times", "values")

    def __init__(self, lines: list[bytes], *, own: bool) -> None:
        self.own = own
        self.lines = lines
        self.cell: Cell | None = None
        self.values = [0.0] * len(lines)
        self.times = [0] * len(lines)


Change: TypeAlias = "tuple[KnownSeries, Cell | None, list[float], Sequence[int]]"
"""What a database has of a series once it has accepted a request.

That is the series, its cell (None if it has ended), the values of all its lines, and the numbers of the lines sent.
"""


class WriteRequest(NamedTuple):
    """A body to send unchanged until a decisive response arrives.

    Attributes:
        body: request body, the same bytes each time.
        at: time of the newest samples, in Unix milliseconds.
        changes: what the database has afterwards.
    """

    body: bytes
    at: int
    changes: list[Change]


class RequestBuilder:
    """Combine series into requests of limited size.

    Args:
        form: format of the series.
        at: time of the newest samples, in Unix milliseconds.
    """

    def __init__(self, form: Format[Any], at: int) -> None:
        self._form = form
        self._at = at
        self._lines: list[Line[Any]] = []
        self._changes: list[Change] = []
        self._size = _FRAME
        self._request: tuple[list[bytes], list[Change]] = [], []
        self._complete: list[tuple[list[bytes], list[Change]]] = []

    def add(self, lines: Iterable[Line[Any]], change: Change) -> None:
        """Add the lines of a series to send."""
        self._lines += lines
        self._changes.append(change)
        if len(self._lines) >= MAX_LINES:
            self._write()

    def add_end(self, data: bytes, change: Change) -> None:
        """Add the end of a series."""
        self._write()
        self._append(data, [change])

    def requests(self) -> Iterator[WriteRequest]:
        """Yield the requests in the order to send them."""
        self._write()
        for parts, changes in (*self._complete, self._request):
            if parts:
                yield WriteRequest(self._form.body(parts), self._at, changes)

    def _write(self) -> None:
        if self._changes:
            self._append(self._form.series(self._lines), self._changes)
            self._lines, self._changes = [], []

    def _append(self, data: bytes, changes: list[Change]) -> None:
        parts, found = self._request
        if parts and self._size + len(data) > MAX_BYTES:
            self._complete.append(self._request)
            self._size = _FRAME
            parts, found = self._request = [], []
        parts.append(data)
        found += changes
        self._size += len(data)
