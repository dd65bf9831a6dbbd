"""Read from a connection within a time, whatever the other side does, and end it so that it can read the answer."""

from __future__ import annotations

import contextlib
import io
import select
import socket
import time
from typing import Final

_LINGER_SECONDS: Final = 2.0
_PIECE: Final = 64 * 1024


class TimedReader(io.RawIOBase):
    """Reads from a connection until a point in time, however many pieces arrive before.

    Args:
        connection: the connection.

    Attributes:
        until: the end, in seconds of the monotonic clock.
    """

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self.until = 0.0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # of what io gives
        """Read some bytes.

        Raises:
            TimeoutError: the time is over.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


def is_open(connection: socket.socket) -> bool:
    """Return whether the other side still waits for an answer."""
    poll = select.poll()
    try:
        poll.register(connection, select.POLLIN)
        return not poll.poll(0) or bool(connection.recv(1, socket.MSG_PEEK))
    except (OSError, ValueError):  # ValueError: it is closed
        return False


def linger(connection: socket.socket) -> None:
    """Read and forget what still arrives, for a moment, after an answer that refuses it.

    Closing a connection whose bytes were not read resets it, and the other side may then never see the answer.
    """
    until = time.monotonic() + _LINGER_SECONDS
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(_PIECE):
                return
