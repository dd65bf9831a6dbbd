"""What of a store a database does not know yet, as requests."""

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
"""Milliseconds from one push to the next: between them is room for an earlier value, should the first be refused."""


class Feed:
    """Build requests of what changed since the requests that were settled.

    Requests are built when all before them are settled or dropped: steps begin at what the database knows.

    Args:
        store: whose series.
        form: how they are written.
        target: labels of the process, such as `job` and `instance`; they win over the metrics' own.
        steps: earlier values of a series that is new or was quiet.
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
        """Build what is to be sent, in this order.

        Args:
            now: Unix time. Samples are always later than those built before, even if the clock steps back.
            own_only: whether telemap's own families are sent alone.
        """
        builder, timeline = self._begin(max(int(now * 1000), self._last_at + _LEAST))
        with self._store.lock:
            self._store.refresh()
            for family in self._families:
                if family.own or not own_only:
                    family.add_to(builder, timeline, self._target, self._store.instance)
        return list(builder.requests())

    def build_end(self) -> list[WriteRequest]:
        """Build the end of every series that was sent, a millisecond later than what was built before."""
        builder, timeline = self._begin(self._last_at + 1)
        for family in self._families:
            family.end_all(builder, timeline)
        return list(builder.requests())

    def settle(self, request: WriteRequest, *, refused: bool = False) -> None:
        """Note that a request needs no sending any more: the next steps begin at its values.

        Of telemap's own families that were refused only the times count: they are sent again alone, with the step.

        Args:
            request: what was built.
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
        """Return the series as they were last settled."""
        return {family.name: family.cells for family in self._families}

    def restart(self, instance: str) -> None:
        """Have the store begin anew under another instance id, at what is not settled."""
        self._store.restart(self.settled, instance)
        if "instance" in self._target:
            self._target["instance"] = instance
        for family in self._families:
            family.forget()

    def _begin(self, at: int) -> tuple[RequestBuilder, Timeline[Any]]:
        self._last_at = at
        return RequestBuilder(self._form, at), Timeline(self._form, at, self._steps)
