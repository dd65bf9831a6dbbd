"""Listen for telemetry posts.

Lambda's posts are answered 200 whatever they contain: Lambda resends unacknowledged posts forever. `http.server` is not
used: importing it takes a quarter of the time between registering and the first event, and it keeps whatever any client
sends.
"""

from __future__ import annotations

import _socket  # `socket` makes enumerations of all constants when it is imported
import time
from _thread import allocate_lock
from functools import partial
from typing import TYPE_CHECKING

from telemap_lambda.telemetry.admission import Admission
from telemap_lambda.telemetry.http_request import MAX_BODY_BYTES, read_body, read_head
from telemap_lambda.telemetry.receiver import Malformed, Receiver, Refused
from telemap_lambda.telemetry.room import Room
from telemap_lambda.world import threads
from telemap_lambda.world.sockets import send

if TYPE_CHECKING:
    from collections.abc import Callable

_BODIES_BYTES = 2 * MAX_BODY_BYTES
"""Maximum total size of bodies being received, in bytes: one of Lambda's, and as much for other clients."""

_MAX_CONNECTIONS = 64
"""Beyond this number, the longest idle connection is closed: a sandbox has 1,024 descriptors and as many threads."""

_WAITING_CONNECTIONS = 128

_MAX_WAITING = 2
"""Threads that wait for connections. With one more than are served at once, no post makes a thread."""

_PAUSE_SECONDS = 0.01
"""Time for the threads of dropped connections to close them, in seconds."""

_LAST_ANSWERS_SECONDS = 0.1
"""Time to answer accepted posts when the process exits, in seconds."""

_LINGER_SECONDS = 1.0
"""Time for which input from a refused client is received and discarded, in seconds."""

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_OK_AND_CLOSED = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

_FORGOTTEN_BYTES = 16 * 1024

_REASONS = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
}


class Listener:
    """An HTTP server on a free port, with one thread per connection.

    Threads are used again: each waits for a connection and serves it, and one more waits meanwhile.

    Args:
        take: called with the body of each post, from one of the listener's threads.

    Attributes:
        port: the port it listens on.
        path: the path Lambda is to post to.
    """

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._admission = Admission()
        self._room = Room(_BODIES_BYTES)
        self._open: dict[_socket.socket, None] = {}  # longest idle first
        self._unanswered: set[_socket.socket] = set()
        self._lock = allocate_lock()
        self._waiting = 0  # threads
        # Lambda connects to extensions at the sandbox's own address.
        self._socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        self._socket.bind(("0.0.0.0", 0))  # noqa: S104
        self._socket.listen(_WAITING_CONNECTIONS)
        self.port: int = self._socket.getsockname()[1]
        self.path = self._admission.path
        self._start_thread()

    def close(self) -> None:
        """Stop listening."""
        _shut(self._socket)  # wakes the accepting thread
        self._socket.close()

    def finish(self) -> None:
        """Wait until accepted posts are answered, before the process exits and its threads end."""
        end = time.monotonic() + _LAST_ANSWERS_SECONDS
        while self._unanswered and time.monotonic() < end:
            time.sleep(_PAUSE_SECONDS / 10)

    def _start_thread(self) -> None:
        with self._lock:
            self._waiting += 1
        threads.start("listener", self._work)

    def _work(self) -> None:
        """Serve one connection after another, until enough other threads wait for the next."""
        while (connection := self._accept()) is not None:
            self._note(connection)
            with self._lock:
                self._waiting -= 1
                is_last = not self._waiting
            if is_last:
                try:
                    self._start_thread()
                except RuntimeError:  # there can be no more threads: this one goes on afterwards
                    with self._lock:
                        self._waiting -= 1
            self._serve(connection)
            with self._lock:
                if self._waiting >= _MAX_WAITING:
                    return
                self._waiting += 1

    def _accept(self) -> _socket.socket | None:
        """Wait for the next connection; return None if the listener is closed."""
        while True:
            try:
                file, _ = self._socket._accept()  # type: ignore[attr-defined]  # noqa: SLF001 - what `socket.accept` is made of
                return _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM, 0, fileno=file)
            except ConnectionError:  # the client left before it was accepted
                continue
            except OSError:
                if self._socket.fileno() < 0:
                    return None
                self._drop_oldest()  # out of descriptors
                time.sleep(_PAUSE_SECONDS)

    def _serve(self, connection: _socket.socket) -> None:
        """Answer requests until the client leaves, is too slow, stays idle too long, or does not speak HTTP."""
        receiver = Receiver(connection)
        try:
            connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            while self._answer(connection, receiver):
                pass
        except (OSError, Malformed):  # the client left; each log line about it could become telemetry
            pass
        finally:
            self._forget(connection)

    def _answer(self, connection: _socket.socket, receiver: Receiver) -> bool:
        """Answer a request; return whether another may follow."""
        try:
            head = read_head(receiver)
            if head is None:
                return False
            self._note(connection)
            self._admission.require(head)
            with self._room.enter(partial(_shut, connection)) as share:
                body = read_body(receiver, head, share)
                self._acknowledge(connection, body, _OK if head.keeps else _OK_AND_CLOSED)
        except Refused as refused:
            _refuse(connection, refused.status)
            return False
        return head.keeps

    def _acknowledge(self, connection: _socket.socket, body: bytes, answer: bytes) -> None:
        """Hand over a post, then answer it: the next one is sent only then, so it cannot overtake it."""
        self._unanswered.add(connection)
        try:
            if body:
                self._take(body)
            send(connection, answer)
        finally:
            self._unanswered.discard(connection)

    def _note(self, connection: _socket.socket) -> None:
        """Record activity on a connection, and make room for it if needed."""
        with self._lock:
            self._open.pop(connection, None)
            self._open[connection] = None
        if len(self._open) > _MAX_CONNECTIONS:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        with self._lock:
            oldest = next(iter(self._open), None)
            self._open.pop(oldest, None) if oldest else None
        if oldest:
            _shut(oldest)

    def _forget(self, connection: _socket.socket) -> None:
        with self._lock:
            self._open.pop(connection, None)
        connection.close()


def _shut(connection: _socket.socket) -> None:
    """Wake the thread waiting on a connection, which then closes it."""
    try:  # noqa: SIM105 - importing contextlib takes too long
        connection.shutdown(_socket.SHUT_RDWR)
    except OSError:  # it may already be closed
        pass


def _refuse(connection: _socket.socket, status: int) -> None:
    """Answer a request with an error, and let the client finish: cut off, it would not see the answer."""
    connection.sendall(
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )
    connection.shutdown(_socket.SHUT_WR)
    forgotten, end = bytearray(_FORGOTTEN_BYTES), time.monotonic() + _LINGER_SECONDS
    while (left := end - time.monotonic()) > 0:
        connection.settimeout(left)
        if not connection.recv_into(forgotten):
            break
