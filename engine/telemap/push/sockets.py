"""Sockets with a deadline for a whole exchange, however slow the peer."""

from __future__ import annotations

import errno
import socket
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIN_SECONDS = 0.001

_READS_AFTERWARDS = 16
"""Reads allowed after the deadline: a response that arrived while the sandbox was frozen is available at once."""


class Bounded:
    """A mixin for sockets whose reads and writes share a deadline; it precedes the socket class."""

    _deadline = 0.0
    _reads_left = 0

    def bind_to(self, deadline: float) -> None:
        """Set the deadline, in monotonic seconds."""
        self._deadline = deadline
        self._reads_left = _READS_AFTERWARDS

    def recv(self, *arguments: Any) -> bytes:
        """Read available data by the deadline."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            self._reads_left -= 1
            if self._reads_left < 0:
                raise TimeoutError
        self._settle(left)
        data: bytes = super().recv(*arguments)  # type: ignore[misc]  # a socket's
        return data

    def sendall(self, *arguments: Any) -> None:
        """Send everything by the deadline."""
        self._settle(self._deadline - time.monotonic())
        super().sendall(*arguments)  # type: ignore[misc]

    def send(self, *arguments: Any) -> int:
        """Send some data by the deadline; TLS uses this for all of it."""
        self._settle(self._deadline - time.monotonic())
        count: int = super().send(*arguments)  # type: ignore[misc]
        return count

    def _settle(self, left: float) -> None:
        self.settimeout(max(left, _MIN_SECONDS))  # type: ignore[attr-defined]


class PlainSocket(Bounded, socket.socket):
    """A TCP connection."""


def connect(host: str, port: int, deadline: float) -> PlainSocket:
    """Connect to the first address of a host that answers.

    Raises:
        OSError: none answers in time.
    """
    error: OSError = OSError("the host has no address")
    for family, address, seconds in _addresses(host, port, deadline):
        connection = PlainSocket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds)
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.bind_to(deadline)
        except OSError as failure:
            connection.close()
            error = failure
        else:
            return connection
    raise error


def _addresses(host: str, port: int, deadline: float) -> Iterator[tuple[int, Any, float]]:
    """Yield the addresses of a host, each with its share of the remaining seconds."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        # /etc/nsswitch.conf names a module that this C library does not have, and none of the others knows the name.
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from error
    for number, (family, _, _, _, address) in enumerate(found):
        left = deadline - time.monotonic()
        yield family, address, max(left / (len(found) - number), _MIN_SECONDS)
