"""Receive what comes over a connection, by lines and by bytes, within bounds of length and time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

_REQUEST_SECONDS = 30.0
"""How long a request may take from its first byte to its last. Lambda's take some milliseconds."""

_IDLE_SECONDS = 60.0
"""How long a kept connection may be silent."""

_LINE_BYTES = 8 * 1024
"""Longest line; what HTTP servers commonly take."""

_PIECE_BYTES = 64 * 1024
"""Most that is received at once."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Malformed(Exception):  # noqa: N818 - nobody outside the listener sees it
    """What was sent is no HTTP request."""


class Refused(Exception):  # noqa: N818 - as above
    """A request that is answered with an error.

    Attributes:
        status: with which.
    """

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


class Receiver:
    """Receive what comes over a connection, and no longer than a request may take."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._held = b""
        self._at = 0
        self._deadline = 0.0

    @property
    def seconds_left(self) -> float:
        """How long the request may go on.

        Raises:
            TimeoutError: no longer.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def begin(self) -> bool:
        """Wait for a request; return whether one comes."""
        if self._at == len(self._held):
            self._connection.settimeout(_IDLE_SECONDS)
            self._held, self._at = self._connection.recv(_LINE_BYTES), 0
        self._deadline = time.monotonic() + _REQUEST_SECONDS
        return bool(self._held)

    def line(self) -> bytes:
        """Return the next line with its end, or what there is of it when no more comes.

        Raises:
            Refused: it is too long.
        """
        while (end := self._held.find(b"\n", self._at)) < 0:
            if len(self._held) - self._at > _LINE_BYTES:
                raise Refused(431)
            more = self._receive(_LINE_BYTES)
            self._held, self._at = self._held[self._at :] + more, 0
            if not more:
                end = len(self._held) - 1
                break
        line = self._held[self._at : end + 1]
        self._at = end + 1
        return line

    def some(self, most: int) -> bytes:
        """Return the next bytes, so many or fewer; none when no more come."""
        if self._at == len(self._held):
            return self._receive(min(most, _PIECE_BYTES))
        piece = self._held[self._at : self._at + most]
        self._at += len(piece)
        return piece

    def go_on(self) -> None:
        """Tell the sender to send its body."""
        self._connection.sendall(_CONTINUE)

    def _receive(self, most: int) -> bytes:
        self._connection.settimeout(self.seconds_left)
        return self._connection.recv(most)
