"""Listen for telemetry posts.

Whatever is sent is answered 200: what is not acknowledged is sent again for ever.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Most of a post that is kept; Lambda sends up to 2 * maxBytes and some metadata."""

_PIECE_BYTES = 64 * 1024
"""How much of what is not kept is read at once."""

_IDLE_SECONDS = 60.0
"""How long a kept connection may be silent."""

_MOST_CONNECTIONS = 64
"""Beyond so many the one that was silent longest is closed: a sandbox has 1,024 descriptors and as many threads."""


class Listener:
    """An HTTP server on a free port, in threads of its own.

    Args:
        take: called with the body of each post, from one of the listener's threads.

    Attributes:
        port: where it listens.
    """

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._server = _Server(take)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, name="listener", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self.take = take
        self._open: dict[object, None] = {}  # the one that was silent longest comes first
        self._lock = threading.Lock()
        super().__init__(("0.0.0.0", 0), _Handler)  # noqa: S104 - Lambda reaches extensions by the sandbox's own address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, and make room for it if need be."""
        self.used(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def used(self, request: Any) -> None:
        """Take note that something came over a connection."""
        with self._lock:
            self._open.pop(request, None)
            self._open[request] = None
            if len(self._open) > _MOST_CONNECTIONS:
                oldest: Any = next(iter(self._open))
                del self._open[oldest]
                with suppress(OSError):  # it may be gone already
                    oldest.shutdown(socket.SHUT_RDWR)  # wakes its thread, which closes it

    def handle_error(self, request: object, client_address: object) -> None:
        """Write nothing: a sender that went away is no news, and each line could become telemetry again."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server: _Server

    def do_POST(self) -> None:
        """Take a post of telemetry, then answer: the next one is not sent before, and cannot overtake it."""
        self.server.used(self.request)
        body = self._body()
        try:
            if body:
                self.server.take(body)
        finally:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_GET = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_POST  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Write nothing: each line would become an extension log event, and each such event a line."""

    def _body(self) -> bytes:
        """Read the request's body; what is longer than the bound is cut."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > 12:
            self.close_connection = bool(length)
            return b""
        return self._read(int(length), MAX_BODY_BYTES)

    def _chunks(self) -> bytes:
        """Read a chunked body (RFC 9112, section 7.1)."""
        body = b""
        while True:
            size = self.rfile.readline(32).split(b";")[0].strip()
            if not size or size.strip(b"0123456789abcdefABCDEF"):
                self.close_connection = True
                return body
            length = int(size, 16)
            body += self._read(length, MAX_BODY_BYTES - len(body))
            self.rfile.readline(32)
            if length == 0:
                return body

    def _read(self, length: int, room: int) -> bytes:
        """Read so many bytes and keep those that there is room for.

        All are read, because a sender that is cut short does not see the answer, and sends again.
        """
        kept = self.rfile.read(min(length, room))
        left = length - len(kept)
        while left > 0 and (piece := self.rfile.read(min(left, _PIECE_BYTES))):
            left -= len(piece)
        return kept
