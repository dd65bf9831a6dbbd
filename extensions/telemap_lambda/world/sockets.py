"""Send on sockets with few system calls."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _socket import socket


def send(connection: socket, data: bytes) -> None:
    """Send data, which almost always has room at once; only if it has not, wait for room.

    Args:
        connection: a socket with a timeout.
        data: the data.

    Raises:
        OSError: the connection failed or timed out.
    """
    try:
        sent = os.write(connection.fileno(), data)
    except BlockingIOError:
        sent = 0
    if sent < len(data):
        connection.sendall(data[sent:])
