"""What a snapshot keeps until it is known which of its events it had before it was taken."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Any

from telemap_lambda.telemetry.invocations import unix_time

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_EVENTS = 1000
"""Events kept before a snapshot is restored; older ones are of the snapshot's own start. After an INVOKE no more than
these come before those that tell of the restore."""

_MAX_CHARACTERS = 1024 * 1024
"""Most text of which events are kept; a large event at the end may add its own."""


_LONGEST_INIT = 900.0
"""Seconds that Lambda lets an initialization take at most, before it takes the snapshot."""


class Restore:
    """Keep events until a snapshot is restored, and leave out those from before.

    Args:
        snap_start: whether this process may be a snapshot; else nothing is kept or left out.
        began_at: Unix time at which the process began. What is much later is not of its initialization, even if a clock
            that stepped back makes it look older than the restore.
        replayed: called with the number of events that are left out.
    """

    def __init__(self, replayed: Callable[[int], None], *, snap_start: bool, began_at: float = math.inf) -> None:
        self._snapshot_by = began_at + _LONGEST_INIT
        self._replayed = replayed
        self._kept: deque[tuple[list[Any], int]] | None = deque() if snap_start else None
        self._events = self._characters = 0
        self._invoked = False
        self._is_known = False
        self._restored_at: float | None = None

    @property
    def is_awaited(self) -> bool:
        """Return whether this is a snapshot in which nothing has been invoked yet."""
        return self._kept is not None and not self._invoked

    def take(self, events: list[Any], size: int) -> list[list[Any]]:
        """Take some events of a post.

        Args:
            events: the events.
            size: characters of the text in which they stand, unless others count them.

        Returns:
            What is to be applied now, in batches.
        """
        if self._kept is None:
            return [self._without_replay(events)]
        self._look_at(events)
        self._kept.append((events, size))
        self._events += len(events)
        self._characters += size
        too_many = self._events > _MAX_EVENTS or self._characters > _MAX_CHARACTERS
        if self._invoked:
            return self._release() if too_many or self._is_known else []
        if too_many:
            self._shed()
        return []

    def begin(self) -> list[list[Any]]:
        """Take note of an INVOKE; return what is to be applied now."""
        self._invoked = True
        return self._release() if self._is_known else []

    def end(self) -> list[list[Any]]:
        """Return what is to be applied after all, as nothing will come any more."""
        return self._release() if self._invoked else []

    def _look_at(self, events: list[Any]) -> None:
        """Look for the restore, or for telemetry of an invocation, which says that none will come."""
        for event in events:
            event_type = event.get("type") if type(event) is dict else None
            if event_type == "platform.restoreStart":
                moment = unix_time(event.get("time"))
                if moment is not None:
                    self._restored_at = moment if self._restored_at is None else max(moment, self._restored_at)
                    self._is_known = True
            elif event_type == "platform.start":
                self._is_known = True

    def _release(self) -> list[list[Any]]:
        kept, self._kept = self._kept or (), None
        return [self._without_replay(events) for events, _ in kept]

    def _shed(self) -> None:
        """Leave out the oldest events until few enough are kept."""
        kept = self._kept or deque()
        while self._events > _MAX_EVENTS or (self._characters > _MAX_CHARACTERS and len(kept) > 1):
            events, size = kept.popleft()
            gone = len(events)
            if self._characters <= _MAX_CHARACTERS and self._events - _MAX_EVENTS < gone:
                gone = self._events - _MAX_EVENTS
                kept.appendleft((events[gone:], size))
            else:
                self._characters -= size
            self._events -= gone
            self._replayed(gone)

    def _without_replay(self, events: list[Any]) -> list[Any]:
        """Leave out events from before the restore: they are of the snapshot's own start, hours or days ago."""
        restored_at = self._restored_at
        if restored_at is None:
            return events
        moment = min(restored_at, self._snapshot_by)
        left = [event for event in events if not _is_before(event, moment)]
        if len(left) < len(events):
            self._replayed(len(events) - len(left))
        return left


def _is_before(event: Any, moment: float) -> bool:
    told = unix_time(event.get("time")) if type(event) is dict else None
    return told is not None and told < moment
