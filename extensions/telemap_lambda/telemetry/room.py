"""Limit the memory for received bodies: a small function has little, and anything in its sandbox can connect."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from telemap_lambda.world.threads import Condition

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self


class Room:
    """Memory for bodies, shared by all connections.

    When none is left, the body that has been arriving longest makes room. Lambda sends a post at once, so its own is
    never that one for long.

    Args:
        size: the total size, in bytes.
    """

    def __init__(self, size: int) -> None:
        self._left = size
        self._coming = 0  # from shares told to leave
        self._changed = Condition()
        self._shares: dict[Share, None] = {}  # of bodies still arriving, oldest first

    def enter(self, end: Callable[[], None]) -> Share:
        """Return a new, empty share.

        Args:
            end: called from any thread to abort the body, so that its share is released.
        """
        share = Share(self, end)
        with self._changed:
            self._shares[share] = None
        return share

    def give(self, share: Share, size: int, timeout: float) -> None:
        """Enlarge a share.

        Raises:
            OSError: there is none within `timeout` seconds, or the share was told to leave.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while self._left < size and not share.must_leave:
                self._make_room(size, share)
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self._changed.wait(left)
            if share.must_leave:
                raise ConnectionAbortedError
            self._left -= size
            share.size += size

    def settle(self, share: Share) -> None:
        """Record that a share's body is complete: it stays until released."""
        with self._changed:
            self._shares.pop(share, None)

    def leave(self, share: Share) -> None:
        """Release a share."""
        with self._changed:
            self._shares.pop(share, None)
            self._left += share.size
            self._coming -= share.size if share.must_leave else 0
            self._changed.notify_all()

    def _make_room(self, size: int, wanting: Share) -> None:
        """Abort the oldest non-empty bodies, as many as needed."""
        for share in [one for one in self._shares if one.size and one is not wanting]:
            if self._left + self._coming >= size:
                break
            del self._shares[share]
            self._coming += share.size
            share.must_leave = True
            share.end()
            self._changed.notify_all()  # it may be waiting for room itself


class Share:
    """One body's share of the room.

    Attributes:
        size: the size, in bytes.
        must_leave: whether it has been told to make room.
        end: called to abort the body.
    """

    def __init__(self, room: Room, end: Callable[[], None]) -> None:
        self.size = 0
        self.must_leave = False
        self.end = end
        self._room = room

    def take(self, size: int, timeout: float) -> None:
        """Take more room.

        Raises:
            OSError: there is none within `timeout` seconds, or the share was told to leave.
        """
        self._room.give(self, size, timeout)

    def settle(self) -> None:
        """Record that the body is complete."""
        self._room.settle(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._room.leave(self)
