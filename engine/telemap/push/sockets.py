"""Sockets that a whole exchange leaves in time, however slowly the other side talks."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAST_SECONDS = 0.001

_READS_AFTERWARDS = 16
"""Reads after the deadline: while the sandbox was frozen the answer may have come, and then it is there at once."""


class Bounded:
    """A socket whose reads and writes share one deadline; to be mixed in before a class of sockets."""

    _deadline = 0.0
    _reads_left = 0

    def bind_to(self, deadline: float) -> None:
        """Set the deadline of what follows, in monotonic seconds."""
        self._deadline = deadline
        self._reads_left = _READS_AFTERWARDS

    def recv_into(self, *arguments: Any) -> int:
        """Read what is there, by the deadline."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            self._reads_left -= 1
            if self._reads_left < 0:
                raise TimeoutError
        self._settle(left)
        count: int = super().recv_into(*arguments)  # type: ignore[misc]  # a socket's
        return count

    def sendall(self, *arguments: Any) -> None:
        """Send everything by the deadline."""
        self._settle(self._deadline - time.monotonic())
        super().sendall(*arguments)  # type: ignore[misc]

    def send(self, *arguments: Any) -> int:
        """Send something by the deadline; TLS sends everything by this."""
        self._settle(self._deadline - time.monotonic())
        count: int = super().send(*arguments)  # type: ignore[misc]
        return count

    def _settle(self, left: float) -> None:
        self.settimeout(max(left, _LEAST_SECONDS))  # type: ignore[attr-defined]


class PlainSocket(Bounded, socket.socket):
    """A TCP connection."""


def connect(host: str, port: int, deadline: float) -> PlainSocket:
    """Connect to the first address of a host that answers.

    Raises:
        OSError: there is none, or none in time.
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
    """Return the addresses of a host, each with its share of the time that is left, in seconds."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for number, (family, _, _, _, address) in enumerate(found):
        left = deadline - time.monotonic()
        yield family, address, max(left / (len(found) - number), _LEAST_SECONDS)
