"""HTTP servers on the loopback interface that stop at once, for the sandbox and the fake gateway."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

_POLL_SECONDS = 0.02  # maximum time until the accepting loop notices `stop`
_LENGTH_REQUIRED = 411


@dataclass(frozen=True)
class Answer:
    """A response; plain text unless the headers say otherwise."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class LocalServer(ThreadingHTTPServer):
    """A threaded HTTP server on 127.0.0.1 whose `stop` also ends hanging connections.

    Args:
        handler: Creates a request handler; called by `socketserver`.
        port: Port to listen on; 0 lets the system choose.
        tls: Use TLS with this context.

    """

    daemon_threads = False  # so that server_close joins the threads
    request_queue_size = 128

    def __init__(
        self, handler: Callable[..., BaseHTTPRequestHandler], *, port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self._tls = tls
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._acceptor: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Host and port, as in `127.0.0.1:9091`."""
        return f"127.0.0.1:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without `HTTPServer`'s reverse DNS lookup, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def start(self) -> Self:
        """Accept connections in a thread."""
        self._acceptor = threading.Thread(
            target=self.serve_forever, args=(_POLL_SECONDS,), name=f"accept {self.address}"
        )
        self._acceptor.start()
        return self

    def stop(self) -> None:
        """Close the listener and every connection, and join every thread."""
        self.stopping.set()
        if self._acceptor is not None:
            self.shutdown()
            self._acceptor.join()
            self._acceptor = None
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):  # it may be gone already
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # past TLS, which another thread may be reading
        self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection; the TLS handshake happens in the connection's own thread."""
        connection, address = super().get_request()
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that `stop` can end it."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)


class LocalHandler(BaseHTTPRequestHandler, ABC):
    """Reads a whole request, calls `answer`, and writes the whole response at once."""

    protocol_version = "HTTP/1.1"  # persistent connections, as with real servers
    disable_nagle_algorithm = True

    @abstractmethod
    def answer(self, body: bytes) -> None:
        """Answer the request in `self.command`, `self.path` and `self.headers`."""

    def handle(self) -> None:
        """Serve until the client disconnects in any way."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            if isinstance(self.connection, ssl.SSLSocket):
                self.connection.do_handshake()
            super().handle()

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.close_connection = True
            self.respond(Answer(_LENGTH_REQUIRED, b"Length Required\n"))
            return
        self.answer(self.rfile.read(int(length)))

    do_GET = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815  (the base class looks for these names)

    def respond(self, answer: Answer) -> None:
        """Send a response."""
        self.send_response(answer.status)
        for name, value in {"Content-Type": "text/plain; charset=utf-8", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it)
        """Log nothing: the server's owner records requests."""
