"""Track which series a gateway has acknowledged; the rest is pending."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.store import Store
    from telemap.store.snapshot import Snapshot


class Acknowledged:
    """Tracks what was pushed and acknowledged.

    Args:
        store: the store that is pushed.
        keep: whether series may only expire when a gateway that adds up has received all of them.

    Attributes:
        series: the series as last acknowledged; empty if there were none.
    """

    def __init__(self, store: Store, *, keep: bool = False) -> None:
        self.series: Snapshot = {}
        self._store = store
        self._keep = keep
        self._pushed: Snapshot = {}
        self._forget()

    def begin(self) -> None:
        """Record that all series are being pushed in their current state; none expires before `settle`."""
        self._pushed = self._store.snapshot()
        self._pin(pinned=True)

    def settle(self, *, taken: bool) -> None:
        """Record whether the gateway acknowledged them."""
        self._pin(pinned=False)
        if not taken:
            return
        self.series = self._pushed
        if self._keep:
            for series in self._store.families:
                series.acknowledged = self._pushed[series.shape.name]

    def restart(self, instance: str) -> None:
        """Restart the store with another instance id and what is pending."""
        self._store.restart(self.series, instance)
        self._forget()

    def _forget(self) -> None:
        self.series = {}
        for series in self._store.families if self._keep else ():
            series.acknowledged = {}

    def _pin(self, *, pinned: bool) -> None:
        for series in self._store.families if self._keep else ():
            series.pinned = pinned
