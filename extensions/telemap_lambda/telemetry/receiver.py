"""Read lines and bytes of a request, received or still to come, within limits of length and time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import _socket

REQUEST_SECONDS = 30.0
"""Maximum time from a request's first byte to its last, in seconds. Lambda's take a few milliseconds."""

_LINE_BYTES = 8 * 1024
"""Maximum length of a line, in bytes, as is common for HTTP servers."""

_PIECE_BYTES = 64 * 1024
"""Maximum number of bytes received at once."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Malformed(Exception):  # noqa: N818 - internal to the listener
    """The input is not an HTTP request."""


class Refused(Exception):  # noqa: N818 - as above
    """The request is answered with an error.

    Attributes:
        status: the HTTP status code.
    """

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


class Incomplete(Exception):  # noqa: N818 - as above
    """The rest of the request has not come yet."""


class Unusual(Exception):  # noqa: N818 - as above
    """To answer the request may take long."""


class Received:
    """What has been received of a request, which is not waited for."""

    seconds_left = 0.0

    def __init__(self, data: bytes) -> None:
        self._held = data
        self._at = 0

    @property
    def rest(self) -> bytes:
        """Return what has not been read yet."""
        return self._held[self._at :]

    def line(self) -> bytes:
        """Return the next line with its line ending, or what is left of it at the end of input.

        Raises:
            Refused: the line is too long.
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
        """Return up to `most` bytes, or none at the end of input."""
        if self._at == len(self._held):
            return self._receive(min(most, _PIECE_BYTES))
        piece = self._held[self._at : self._at + most]
        self._at += len(piece)
        return piece

    def go_on(self) -> None:
        """Ask the client to send the body."""
        raise Unusual

    def _receive(self, most: int) -> bytes:  # noqa: ARG002 - a receiver's
        raise Incomplete


class Receiver(Received):
    """Receive the rest from a connection, within the time limit of a request, which begins now.

    Args:
        connection: the connection.
        data: what has been received.
    """

    def __init__(self, connection: _socket.socket, data: bytes) -> None:
        super().__init__(data)
        self._connection = connection
        self._timeout = 0.0
        self._deadline = time.monotonic() + REQUEST_SECONDS

    @property
    def seconds_left(self) -> float:  # type: ignore[override]  # no constant here
        """Return the seconds left for the request.

        Raises:
            TimeoutError: no time is left.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def go_on(self) -> None:
        """Ask the client to send the body."""
        self._connection.sendall(_CONTINUE)

    def _receive(self, most: int) -> bytes:
        timeout = self.seconds_left
        if timeout != self._timeout:
            self._connection.settimeout(timeout)
            self._timeout = timeout
        return self._connection.recv(most)
