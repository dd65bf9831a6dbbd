"""Listen for telemetry posts.

Whatever is sent is answered 200: what is not acknowledged is sent again for ever. This is no `http.server`: importing
that takes a quarter of the time between registering and the first event, and one answer is enough for every request.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from telemap_lambda.telemetry.http_request import Malformed, read_request

if TYPE_CHECKING:
    from collections.abc import Callable

_IDLE_SECONDS = 60.0
"""How long a kept connection may be silent."""

_MOST_CONNECTIONS = 64
"""Beyond so many the one that was silent longest is closed: a sandbox has 1,024 descriptors and as many threads."""

_WAITING_CONNECTIONS = 128

_PAUSE_SECONDS = 0.01
"""How long the threads of dropped connections have to close them."""

_LAST_ANSWERS_SECONDS = 0.1
"""How long posts that were taken have to be answered when the process ends."""

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_OK_AND_CLOSED = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Listener:
    """An HTTP server on a free port, with a thread for each connection.

    Args:
        take: called with the body of each post, from one of the listener's threads.

    Attributes:
        port: where it listens.
    """

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._open: dict[socket.socket, None] = {}  # the one that was silent longest comes first
        self._unanswered: set[socket.socket] = set()
        self._lock = threading.Lock()
        # Lambda reaches extensions by the sandbox's own address.
        self._socket = socket.create_server(("0.0.0.0", 0), backlog=_WAITING_CONNECTIONS)  # noqa: S104
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, name="listener", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._socket.close()

    def finish(self) -> None:
        """Let posts that were taken be answered, before the process ends and takes the threads with it."""
        end = time.monotonic() + _LAST_ANSWERS_SECONDS
        while self._unanswered and time.monotonic() < end:
            time.sleep(_PAUSE_SECONDS / 10)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except ConnectionError:  # it went away before it was accepted
                continue
            except OSError:
                if self._socket.fileno() < 0:
                    return
                self._drop_oldest()  # no descriptors are left
                time.sleep(_PAUSE_SECONDS)
                continue
            self._note(connection)
            threading.Thread(target=self._serve, args=(connection,), name="post", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        """Answer requests until the sender goes away, is silent for long, or says what is no HTTP."""
        try:
            connection.settimeout(_IDLE_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection.makefile("rb") as reader, suppress(Malformed):
                while request := read_request(reader, connection.sendall):
                    self._note(connection)
                    # The next post is not sent before this one is answered, and so cannot overtake it.
                    self._unanswered.add(connection)
                    try:
                        if request.body:
                            self._take(request.body)
                    finally:
                        connection.sendall(_OK if request.keeps else _OK_AND_CLOSED)
                        self._unanswered.discard(connection)
                    if not request.keeps:
                        break
        except OSError:  # it went away; each line about that could become telemetry again
            pass
        finally:
            self._forget(connection)

    def _note(self, connection: socket.socket) -> None:
        """Take note that something came over a connection, and make room for it if need be."""
        with self._lock:
            self._open.pop(connection, None)
            self._open[connection] = None
        if len(self._open) > _MOST_CONNECTIONS:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        with self._lock:
            oldest = next(iter(self._open), None)
            self._open.pop(oldest, None) if oldest else None
        if oldest:
            with suppress(OSError):  # it may be gone already
                oldest.shutdown(socket.SHUT_RDWR)  # wakes its thread, which closes it

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.pop(connection, None)
        self._unanswered.discard(connection)
        connection.close()
