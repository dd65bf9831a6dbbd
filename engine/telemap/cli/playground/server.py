"""The HTTP server of the playground, on 127.0.0.1: one thread for each connection, and not too many of them."""

from __future__ import annotations

import contextlib
import errno
import socketserver
import sys
import threading
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from telemap.cli import UsageError
from telemap.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

MAX_CONNECTIONS: Final = 64
"""Connections at once. A browser opens at most six for all tabs of a page."""

_FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 32\r\n"
    b'Connection: close\r\n\r\n{"error":"too many connections"}'
)


class PlaygroundServer(ThreadingHTTPServer):
    """Accepts connections on 127.0.0.1.

    Args:
        port: 0 for any that is free.
        handler: makes the handler of a connection.

    Raises:
        UsageError: the port cannot be used.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        try:
            super().__init__(("127.0.0.1", port), handler)
        except OSError as error:
            raise UsageError(_why_not(port, error)) from error

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without `HTTPServer`'s reverse DNS lookup, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def start(self) -> None:
        """Accept connections on a thread."""
        threading.Thread(target=self.serve_forever, name="accept", daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, or refuse it if there are too many."""
        if not self._places.acquire(blocking=False):
            with contextlib.suppress(OSError):
                request.settimeout(0)
                request.sendall(_FULL)
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class calls it so
        """Report a fault in one line; that the other side has gone is none."""
        error = sys.exception()
        if not isinstance(error, OSError):
            say(f"internal error in the playground's server: {type(error).__name__}: {error}")


def _why_not(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use: choose another one, or leave out --port for one that is free"
    if error.errno == errno.EACCES:
        return f"port {port} is reserved: choose one from 1024 on, or leave out --port"
    return f"cannot listen on port {port}: {error.strerror or error}"
