"""What is sent at once: some series at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from telemap.remote_write.form import Format, Line
    from telemap.store.cells import Cell

MAX_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of a body; what is more goes into another request."""

MAX_LINES: Final = 64
"""Lines that are written at once, and go into the same body: their labels are short, so that this is far less."""

_FRAME: Final = 10
"""Most bytes that stand around the series of a body."""


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


Change: TypeAlias = "tuple[KnownSeries, Cell | None, list[float], Sequence[int]]"
"""What a database knows of a series once it has taken a request.

That is the series, its numbers (None when it has ended), the values of all its lines, and the numbers of those that are
sent.
"""


class WriteRequest(NamedTuple):
    """A body to be sent, as it is, until there is an answer that decides.

    Attributes:
        body: the same bytes each time.
        at: time of the newest samples, in Unix milliseconds.
        changes: what the database knows then.
    """

    body: bytes
    at: int
    changes: list[Change]


class RequestBuilder:
    """Put series together to requests of limited size.

    Args:
        form: how they are written.
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
        """Add the lines of a series that are to be sent."""
        self._lines += lines
        self._changes.append(change)
        if len(self._lines) >= MAX_LINES:
            self._write()

    def add_end(self, data: bytes, change: Change) -> None:
        """Add the end of a series."""
        self._write()
        self._append(data, [change])

    def requests(self) -> Iterator[WriteRequest]:
        """Yield the requests, in the order in which they are to be sent."""
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
