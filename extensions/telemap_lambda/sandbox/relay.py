"""A TCP relay that can lose connections, as a NAT loses idle ones."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

_CONNECT_SECONDS = 5.0
_LINGER_NOT = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: close sends RST instead of FIN


class Relay:
    """Forwards TCP connections from 127.0.0.1 to a server, as a context manager.

    Args:
        host: The server.
        port: Its port.

    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._wake, self._waker = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._peers: dict[socket.socket, socket.socket] = {}
        self._silent: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"relay {self.address}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waker.close()
        self._thread.join()
        self.drop()
        for one in (*self._silent, self._listener, self._wake):
            one.close()
        self._selector.close()

    def drop(self, *, silently: bool = False) -> None:
        """Lose all connections.

        Args:
            silently: Leave the peers without an answer forever, instead of resetting the connections.

        """
        with self._lock:
            ends, self._peers = list(self._peers), {}
            for one in ends:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(one)
            if silently:
                self._silent.update(ends)
                return
            for one in ends:
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
                one.close()

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._wake:
                    return
                if key.fileobj is self._listener:
                    self._connect()
                elif isinstance(key.fileobj, socket.socket):
                    self._pass_on(key.fileobj)

    def _connect(self) -> None:
        client, _ = self._listener.accept()
        try:
            server = socket.create_connection(self._target, _CONNECT_SECONDS)
        except OSError:
            client.close()
            return
        with self._lock:
            for one, other in ((client, server), (server, client)):
                self._peers[one] = other
                self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: socket.socket) -> None:
        with self._lock:
            other = self._peers.get(one)
            if other is None:
                return
            try:
                sent = one.recv(65536)
                other.sendall(sent)
            except OSError:
                sent = b""
            if sent:
                return
            for end in (one, other):
                del self._peers[end]
                self._selector.unregister(end)
                end.close()
