"""A server for a test that answers bytes as they are, well-formed or not."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@contextlib.contextmanager
def raw_server(*connections: Sequence[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Serve connections one after the other: on each, answer each request with fixed bytes, then close it.

    Yields:
        Its URL, and the requests that came.
    """
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_SECONDS)

        def serve() -> None:
            for answers in connections:
                connection, _ = server.accept()
                connection.settimeout(PATIENCE_SECONDS)
                with connection:
                    for answer in answers:
                        seen.append(_request(connection))
                        connection.sendall(answer)
                    with contextlib.suppress(OSError):  # the client may have gone first
                        connection.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", seen
        finally:
            thread.join()


def _request(connection: socket.socket) -> bytes:
    """Read a request: its head, and the body that it announces."""
    message = b""
    while b"\r\n\r\n" not in message and (chunk := connection.recv(65536)):
        message += chunk
    head, _, body = message.partition(b"\r\n\r\n")
    named = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    while len(body) < int(named or b"0") and (chunk := connection.recv(65536)):
        body += chunk
    return head + b"\r\n\r\n" + body
