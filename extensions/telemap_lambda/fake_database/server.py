"""The fake database's server."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING

from telemap_lambda.fake_database.behaviour import Receiving
from telemap_lambda.fake_database.decoding import DecodingError, decode
from telemap_lambda.fake_database.samples import Samples
from telemap_lambda.local_server import Answer, LocalHandler, LocalServer

if TYPE_CHECKING:
    import socket
    from email.message import Message
    from typing import Self

    from telemap_lambda.fake_database.decoding import Series

PATH = "/api/v1/write"

_RETRY_AFTER = "1"


class FakeDatabase:
    """A database on 127.0.0.1 that receives remote write 1.0, as a context manager.

    Args:
        receiving: How to handle requests.

    Attributes:
        samples: Everything stored.
        statuses: The statuses of all responses, in order; 0 for no response.

    """

    def __init__(self, receiving: Receiving = Receiving.ACCEPTS) -> None:
        self.samples = Samples()
        self.statuses: list[int] = []
        self._receiving = receiving
        self._number = 0
        self._lock = threading.Lock()
        self._server = LocalServer(functools.partial(_Handler, self))

    @property
    def url(self) -> str:
        """The remote-write URL."""
        return f"http://{self._server.address}{PATH}"

    def text(self) -> str:
        """Return the last value of each series, in the text format."""
        with self._lock:
            found = [(dict(labels), value) for labels, value in self.samples.latest()]
        return "".join(f"{labels.pop('__name__')}{{{_pairs(labels)}}} {value!r}\n" for labels, value in found)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def receive(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None:
        """Handle a request; return None to send no response."""
        with self._lock:
            answer = self._decide(method, path, headers, body)
            self.statuses.append(answer.status if answer else 0)
        return answer

    def _decide(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None:
        if path != PATH:
            return Answer(404, b"404 page not found\n")
        if method != "POST":
            return Answer(405, b"Method Not Allowed\n")
        if headers.get("Content-Encoding") != "snappy":
            return Answer(415, b"expected snappy\n")
        try:
            found = decode(body)
        except DecodingError as error:
            return Answer(400, f"{error}\n".encode())
        self._number += 1
        return self._store(found)

    def _store(self, found: list[Series]) -> Answer | None:
        receiving, is_second = self._receiving, self._number % 2 == 0
        if receiving is Receiving.HANGS:
            return None
        if receiving is Receiving.SILENT:
            return Answer(204)
        if receiving is Receiving.LIMITS and is_second:
            return Answer(429, b"ingestion rate limit exceeded\n", {"Retry-After": _RETRY_AFTER})
        if receiving is Receiving.PARTIAL and is_second:
            self.samples.append(found[: len(found) // 2], strict=True)
            return Answer(503, b"some samples were not stored\n")
        return self._append(found)

    def _append(self, found: list[Series]) -> Answer | None:
        """Store samples; handle out-of-order ones as configured."""
        receiving = self._receiving
        strict = receiving is not Receiving.ACCEPTS
        bad = self.samples.out_of_order(found) if strict else None
        if bad is None or receiving is not Receiving.ROLLS_BACK:
            self.samples.append(found, strict=strict)
        if self._number % 3 == 0 and receiving in {Receiving.ROLLS_BACK, Receiving.KEEPS_GOOD}:
            return None
        return Answer(204) if bad is None else Answer(400, f"out of order sample of {bad.name}\n".encode())

    @property
    def hangs(self) -> bool:
        """Whether an unanswered request stays open."""
        return self._receiving is Receiving.HANGS


class _Handler(LocalHandler):
    def __init__(self, database: FakeDatabase, request: socket.socket, address: object, server: LocalServer) -> None:
        self._database = database
        self._local_server = server
        super().__init__(request, address, server)

    def answer(self, body: bytes) -> None:
        answer = self._database.receive(self.command, self.path, self.headers, body)
        if answer is not None:
            self.respond(answer)
            return
        self.close_connection = True
        if self._database.hangs:
            self._local_server.stopping.wait()


def _pairs(labels: dict[str, str]) -> str:
    escaped = {
        name: text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"") for name, text in labels.items()
    }
    return ",".join(f'{name}="{text}"' for name, text in sorted(escaped.items()))
