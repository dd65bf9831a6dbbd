"""Keep a snapshot's events until it is known which of them precede the snapshot."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Any

from telemap_lambda.telemetry.invocations import unix_time

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_EVENTS = 1000
"""Maximum number of events kept before a snapshot is restored; older ones are from its own start. After an INVOKE, no
more than these precede the events that report the restore."""

_MAX_CHARACTERS = 1024 * 1024
"""Maximum length of the text of kept events; a large last event may exceed it."""


_LONGEST_INIT = 900.0
"""Lambda's maximum initialization time before it takes the snapshot, in seconds."""


class Restore:
    """Keep events until a snapshot is restored, and skip those from before.

    Args:
        snap_start: whether this process may be a snapshot; if not, nothing is kept or skipped.
        began_at: the Unix time at which the process began. Much later events are not from its initialization, even if a
            clock that stepped back makes them look older than the restore.
        replayed: called with the number of skipped events.
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
        """Return whether this is a snapshot with no invocation yet."""
        return self._kept is not None and not self._invoked

    @property
    def has_kept(self) -> bool:
        """Return whether events are kept, any number of which may become due at once."""
        return bool(self._kept)

    def take(self, events: list[Any], size: int) -> list[list[Any]]:
        """Take some events of a post.

        Args:
            events: the events.
            size: the length of their text in characters, unless counted with other events.

        Returns:
            The events to apply now, in batches.
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
        """Record an INVOKE; return the events to apply now."""
        self._invoked = True
        return self._release() if self._is_known else []

    def end(self) -> list[list[Any]]:
        """Return the kept events to apply after all, as nothing more will arrive."""
        return self._release() if self._invoked else []

    def _look_at(self, events: list[Any]) -> None:
        """Look for the restore, or for an invocation's telemetry, which means that none will follow."""
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
        """Skip the oldest events until the rest is within the limits."""
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
        """Skip events from before the restore: they are from the snapshot's own start, hours or days ago."""
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
