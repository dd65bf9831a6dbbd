"""What is sent at once: some series at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.remote_write.form import Format
    from telemap.store.cells import Cell

MAX_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of a body; what is more goes into another request."""

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


class Change(NamedTuple):
    """What a database knows of a series once it has taken a request.

    Attributes:
        series: whose.
        cell: its numbers; None when it has ended.
        values: of all its lines.
        lines: numbers of the lines that are sent.
    """

    series: KnownSeries
    cell: Cell | None
    values: list[float]
    lines: Sequence[int]


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
        self._size = _FRAME
        self._parts: list[bytes] = []
        self._changes: list[Change] = []
        self._complete: list[tuple[list[bytes], list[Change]]] = []

    def add(self, data: bytes, change: Change) -> None:
        """Add what was written of a series."""
        if self._parts and self._size + len(data) > MAX_BYTES:
            self._close()
        self._parts.append(data)
        self._changes.append(change)
        self._size += len(data)

    def requests(self) -> Iterator[WriteRequest]:
        """Yield the requests, in the order in which they are to be sent."""
        if self._parts:
            self._close()
        for parts, changes in self._complete:
            yield WriteRequest(self._form.body(parts), self._at, changes)

    def _close(self) -> None:
        self._complete.append((self._parts, self._changes))
        self._size, self._parts, self._changes = _FRAME, [], []
