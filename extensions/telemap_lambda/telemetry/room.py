"""Room for what connections send: a small function has little memory, and anything in its sandbox can connect."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self


class Room:
    """Memory for bodies, which all connections share.

    Where none is left, the body that has been coming for longest makes room. Lambda sends a post at once, so that its
    own is never that one for long.

    Args:
        size: bytes that there are.
    """

    def __init__(self, size: int) -> None:
        self._left = size
        self._coming = 0  # from those that were told to leave
        self._changed = threading.Condition()
        self._shares: dict[Share, None] = {}  # of bodies that are still coming, the oldest first

    def enter(self, end: Callable[[], None]) -> Share:
        """Return a share, of nothing yet.

        Args:
            end: makes the body come to an end, so that its share is left; from any thread.
        """
        share = Share(self, end)
        with self._changed:
            self._shares[share] = None
        return share

    def give(self, share: Share, size: int, timeout: float) -> None:
        """Return a share more room.

        Raises:
            OSError: there is none in this time, or the share has been taken away.
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
        """Take note that a share's body is whole: it stays until it is left."""
        with self._changed:
            self._shares.pop(share, None)

    def leave(self, share: Share) -> None:
        """Take a share back."""
        with self._changed:
            self._shares.pop(share, None)
            self._left += share.size
            self._coming -= share.size if share.must_leave else 0
            self._changed.notify_all()

    def _make_room(self, size: int, wanting: Share) -> None:
        """Have the oldest bodies that hold something come to their ends, as many as it takes."""
        for share in [one for one in self._shares if one.size and one is not wanting]:
            if self._left + self._coming >= size:
                break
            del self._shares[share]
            self._coming += share.size
            share.must_leave = True
            share.end()
            self._changed.notify_all()  # it may wait for room itself


class Share:
    """What one body has of the room.

    Attributes:
        size: bytes of it.
        must_leave: whether it has been told to make room.
        end: makes the body come to an end.
    """

    def __init__(self, room: Room, end: Callable[[], None]) -> None:
        self.size = 0
        self.must_leave = False
        self.end = end
        self._room = room

    def take(self, size: int, timeout: float) -> None:
        """Take more room.

        Raises:
            OSError: there is none.
        """
        self._room.give(self, size, timeout)

    def settle(self) -> None:
        """Take note that the body is whole."""
        self._room.settle(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._room.leave(self)
