"""What a gateway has of a store's series; what it has not is pending."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.store import Store
    from telemap.store.snapshot import Snapshot


class Acknowledged:
    """Keep track of what was pushed and taken.

    Args:
        store: what is pushed.
        keep: whether series may expire only when the gateway has all of them: for one that adds up what it is sent.

    Attributes:
        series: the series as the gateway last took them; empty when it took none.
    """

    def __init__(self, store: Store, *, keep: bool = False) -> None:
        self.series: Snapshot = {}
        self._store = store
        self._keep = keep
        self._pushed: Snapshot = {}
        self._forget()

    def begin(self) -> None:
        """Take note that all series are pushed as they are now; nothing of them is forgotten until `settle`."""
        self._pushed = self._store.snapshot()
        self._pin(pinned=True)

    def settle(self, *, taken: bool) -> None:
        """Take note of whether the gateway took them."""
        self._pin(pinned=False)
        if not taken:
            return
        self.series = self._pushed
        if self._keep:
            for series in self._store.families:
                series.acknowledged = self._pushed[series.shape.name]

    def restart(self, instance: str) -> None:
        """Let the store begin anew under another instance id, with what is pending."""
        self._store.restart(self.series, instance)
        self._forget()

    def _forget(self) -> None:
        self.series = {}
        for series in self._store.families if self._keep else ():
            series.acknowledged = {}

    def _pin(self, *, pinned: bool) -> None:
        for series in self._store.families if self._keep else ():
            series.pinned = pinned
