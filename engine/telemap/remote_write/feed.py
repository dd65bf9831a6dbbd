"""Requests for the data in a store that a database does not have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.remote_write.known import KnownFamily
from telemap.remote_write.request import RequestBuilder
from telemap.remote_write.steps import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap.remote_write.form import Format
    from telemap.remote_write.request import WriteRequest
    from telemap.store import Store
    from telemap.store.snapshot import Snapshot


_LEAST: Final = 2
"""Minimum milliseconds between pushes, leaving room for an earlier value if the first push is refused."""


class Feed:
    """Build requests for what changed since the last settled requests.

    Requests are built once all earlier ones are settled or dropped: steps begin at the values the database has.

    Args:
        store: the store to read.
        form: format of the series.
        target: labels of the process, such as `job` and `instance`; they override the metrics' own.
        steps: number of earlier values for a series that is new or was quiet.
    """

    def __init__(self, store: Store, form: Format[Any], target: Mapping[str, str], *, steps: int) -> None:
        own = store.own.families if store.own else ()
        self._store = store
        self._form = form
        self._steps = steps
        self._target = dict(target)
        self._families = [KnownFamily(series, form, own=series in own) for series in store.all_families()]
        self._last_at = 0

    def build(self, now: float, *, own_only: bool = False) -> list[WriteRequest]:
        """Build the requests to send, in order.

        Args:
            now: Unix time. Samples are always later than any built before, even if the clock steps back.
            own_only: whether to send only telemap's own families.
        """
        builder, timeline = self._begin(max(int(now * 1000), self._last_at + _LEAST))
        with self._store.lock:
            self._store.refresh()
            for family in self._families:
                if family.own or not own_only:
                    family.add_to(builder, timeline, self._target, self._store.instance)
        return list(builder.requests())

    def build_end(self) -> list[WriteRequest]:
        """Build the end of every series sent so far, one millisecond after the last request built."""
        builder, timeline = self._begin(self._last_at + 1)
        for family in self._families:
            family.end_all(builder, timeline)
        return list(builder.requests())

    def settle(self, request: WriteRequest, *, refused: bool = False) -> None:
        """Mark a request as done: the next steps begin at its values.

        If telemap's own families were refused, only their times are kept: they are resent alone, with the step.

        Args:
            request: the request.
            refused: whether the database may have taken none of it.
        """
        for known, cell, values, lines in request.changes:
            at = 0 if cell is None else request.at
            for number in lines:
                known.times[number] = at
            if not (refused and known.own):
                known.cell, known.values = cell, values

    @property
    def settled(self) -> Snapshot:
        """Return the series as last settled."""
        return {family.name: family.cells for family in self._families}

    def restart(self, instance: str) -> None:
        """Restart the store under another instance ID with the unsettled data."""
        self._store.restart(self.settled, instance)
        if "instance" in self._target:
            self._target["instance"] = instance
        for family in self._families:
            family.forget()

    def _begin(self, at: int) -> tuple[RequestBuilder, Timeline[Any]]:
        self._last_at = at
        return RequestBuilder(self._form, at), Timeline(self._form, at, self._steps)
