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
from telemap_lambda.telemetry.receiver import (
    REQUEST_SECONDS,
    Incomplete,
    Malformed,
    Received,
    Receiver,
    Refused,
    Unusual,
)
from telemap_lambda.telemetry.room import Room
from telemap_lambda.world import threads
from telemap_lambda.world.sockets import send

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap_lambda.world.arrivals import Arrivals

_BODIES_BYTES = 2 * MAX_BODY_BYTES
"""Maximum total size of bodies being received, in bytes: one of Lambda's, and as much for other clients."""

_MAX_CONNECTIONS = 64
"""Beyond this number, the longest idle connection is closed: a sandbox has 1,024 descriptors and as many threads."""

_WAITING_CONNECTIONS = 128

_AT_ONCE_BYTES = 64 * 1024
"""Maximum number of bytes received at once, and held of a request that is not whole yet."""

_MAX_PIECES = 8
"""Maximum number of pieces in which a request comes that is not waited for in a thread. Lambda sends one or two."""

_PAUSE_SECONDS = 0.01
"""Time for dropped connections to be closed, in seconds."""

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
    """An HTTP server on a free port.

    The main thread itself takes a post that is there as a whole. Whatever may take long has a thread: large posts, slow
    clients, refusals.

    Args:
        take: called with the body of each post, by any thread.
        arrivals: where the main thread waits for posts.
        is_quick: whether `take` takes a post of so many bytes at once; if not, a thread calls it.

    Attributes:
        port: the port it listens on.
        path: the path Lambda is to post to.
    """

    def __init__(
        self,
        take: Callable[[bytes], None],
        arrivals: Arrivals,
        is_quick: Callable[[int], bool] = lambda _: True,
    ) -> None:
        self._take = take
        self._arrivals = arrivals
        self._is_quick = is_quick
        self._admission = Admission()
        self._room = Room(_BODIES_BYTES)
        self._open: dict[_socket.socket, None] = {}  # longest idle first
        self._held: dict[_socket.socket, tuple[bytes, int]] = {}  # requests that are not whole yet, and their pieces
        self._unanswered: set[_socket.socket] = set()
        self._lock = allocate_lock()
        # Lambda connects to extensions at the sandbox's own address.
        self._socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        self._socket.settimeout(0)
        self._socket.bind(("0.0.0.0", 0))  # noqa: S104
        self._socket.listen(_WAITING_CONNECTIONS)
        self.port: int = self._socket.getsockname()[1]
        self.path = self._admission.path
        arrivals.watch(self._socket.fileno(), self._accept)

    def close(self) -> None:
        """Stop listening, and close the connections that no thread serves."""
        self._arrivals.forget(self._socket.fileno())
        self._socket.close()
        for connection in list(self._open):
            if self._arrivals.forget(connection.fileno()):
                connection.close()

    def finish(self) -> None:
        """Wait until accepted posts are answered, before the process exits and its threads end."""
        end = time.monotonic() + _LAST_ANSWERS_SECONDS
        while self._unanswered and time.monotonic() < end:
            time.sleep(_PAUSE_SECONDS / 10)

    def _accept(self) -> None:
        """Accept a connection, and answer what it has sent already."""
        try:
            file, _ = self._socket._accept()  # type: ignore[attr-defined]  # noqa: SLF001 - what `socket.accept` is made of
        except (BlockingIOError, ConnectionError):  # the client left before it was accepted
            return
        except OSError:  # out of descriptors
            self._drop_oldest()
            time.sleep(_PAUSE_SECONDS)
            return
        connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM, 0, fileno=file)
        self._note(connection)
        self._watch(connection)
        self._read(connection)

    def _watch(self, connection: _socket.socket) -> None:
        self._arrivals.watch(connection.fileno(), partial(self._read, connection))

    def _read(self, connection: _socket.socket) -> None:
        """Receive what has come, and answer it if it is a whole post."""
        try:
            data = connection.recv(_AT_ONCE_BYTES, _socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        held, pieces = self._held.pop(connection, (b"", 0))
        keeps = False
        if data:
            data = held + data
            try:
                keeps, data = self._answer_whole(connection, data)
            except Incomplete:
                keeps = True
                if pieces < _MAX_PIECES and len(data) < _AT_ONCE_BYTES:
                    self._held[connection] = data, pieces + 1
                    return
            except (Refused, Unusual):
                keeps = True
            except (OSError, Malformed):  # the client left; each log line about it could become telemetry
                pass
        if not keeps:
            self._forget(connection)
        elif data:
            self._hand_over(connection, data)

    def _answer_whole(self, connection: _socket.socket, data: bytes) -> tuple[bool, bytes]:
        """Take and answer a post without waiting; return whether another may follow, and what has come of it."""
        received = Received(data)
        head = read_head(received)
        self._admission.require(head)
        body = read_body(received, head, None)
        if not self._is_quick(len(body)):
            raise Unusual
        self._note(connection)
        if body:
            self._take(body)
        answer = _OK if head.keeps else _OK_AND_CLOSED
        if connection.send(answer, _socket.MSG_DONTWAIT) < len(answer):
            raise ConnectionAbortedError  # it does not read answers
        return head.keeps, received.rest

    def _hand_over(self, connection: _socket.socket, data: bytes) -> None:
        """Have a thread answer what has come, and what follows until it is answered."""
        self._arrivals.forget(connection.fileno())
        try:
            threads.start("listener", partial(self._serve, connection, data))
        except RuntimeError:  # there can be no more threads
            self._forget(connection)

    def _serve(self, connection: _socket.socket, data: bytes) -> None:
        """Answer requests until none has begun, or until the client leaves, is too slow, or does not speak HTTP."""
        keeps = False
        try:
            connection.settimeout(REQUEST_SECONDS)
            connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            while data:
                receiver = Receiver(connection, data)
                keeps = self._answer(connection, receiver)
                data = receiver.rest if keeps else b""
            connection.settimeout(None)
        except (OSError, Malformed):  # as above
            keeps = False
        finally:
            if not keeps:
                self._forget(connection)
        if keeps:
            self._watch(connection)
            self._arrivals.wake()

    def _answer(self, connection: _socket.socket, receiver: Receiver) -> bool:
        """Answer a request; return whether another may follow."""
        try:
            head = read_head(receiver)
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
        self._arrivals.forget(connection.fileno())
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
