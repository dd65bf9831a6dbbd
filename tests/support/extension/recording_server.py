"""A small HTTP server for a test: it keeps what was asked, and answers what the test says."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from telemap_lambda.local_server import Answer, LocalHandler, LocalServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from email.message import Message


@dataclass(frozen=True)
class Request:
    """What was asked; `connection` tells on which connection, by the port at its other end."""

    method: str
    path: str
    headers: Message
    body: bytes
    connection: int


class RecordingServer:
    """Serves on 127.0.0.1 within a `with` block.

    Args:
        answer: Decides on a request; None closes the connection without an answer.
    """

    def __init__(self, answer: Callable[[Request], Answer | None]) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._server = LocalServer(functools.partial(_Handler, self))
        self.address = self._server.address
        self.url = f"http://{self.address}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def requests(self) -> list[Request]:
        """What was asked so far."""
        with self._lock:
            return list(self._requests)

    def take(self, request: Request) -> Answer | None:
        """Keep a request and decide on it."""
        with self._lock:
            self._requests.append(request)
        return self._answer(request)


class _Handler(LocalHandler):
    def __init__(self, owner: RecordingServer, request: socket.socket, address: object, server: LocalServer) -> None:
        self._owner = owner
        super().__init__(request, address, server)

    def answer(self, body: bytes) -> None:
        port = self.connection.getpeername()[1]
        answer = self._owner.take(Request(self.command, self.path, self.headers, body, port))
        if answer is None:
            self.close_connection = True
        else:
            self.respond(answer)
