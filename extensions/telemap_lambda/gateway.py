"""An embedded Pushgateway: to try telemap where none is installed, and to test with one that misbehaves.

It answers as Pushgateway 1.5 does (tests hold it to the real one), but persists nothing and has no metrics of
its own.
"""

from __future__ import annotations

import base64
import contextlib
import enum
import functools
import gzip
import hmac
import json
import os
import socket
import struct
import threading
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from telemap_lambda.gateway_exposition import ExpositionError, parse
from telemap_lambda.gateway_groups import Group, GroupStore, as_json, grouping_of
from telemap_lambda.local_server import Answer, LocalHandler, LocalServer

if TYPE_CHECKING:
    from email.message import Message
    from typing import Self

_PUSH_PREFIX = "/metrics/job"
_READY = ("/-/ready", "/-/healthy")
_EXPOSITION = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
_REDIRECT_TARGET = "http://gateway.invalid/metrics"
_LINGER_NOT = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: close sends RST instead of FIN


class Behaviour(enum.Enum):
    """How the gateway treats requests. All but NORMAL and SLOW leave the groups alone."""

    NORMAL = "normal"
    SLOW = "slow"  # does what it is asked, and answers after `delay_seconds`
    HANG = "hang"  # reads the request and never answers
    RESET = "reset"  # reads the request and resets the connection
    STATUS_401 = "401"
    STATUS_500 = "500"
    REDIRECT = "redirect"  # to another host, 302


@dataclass(frozen=True)
class GatewayRequest:
    """A request that came in.

    `status` is what was answered (None: nothing), `at` the monotonic time in seconds when it had been read,
    `body` what was sent, still compressed.
    """

    method: str
    path: str
    status: int | None
    at: float
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, decompressed."""
        return _decoded(self.body, self.headers.get("Content-Encoding", "")).decode()


class Gateway:
    """A Pushgateway on 127.0.0.1, as a context manager or between `start` and `stop`.

    `behaviour`, `status` and `delay_seconds` may be changed while it runs.

    Args:
        port: Port to listen on; 0 lets the system choose.
        username: Basic authentication is asked for when this and `password` are given.
        password: See `username`.
        behaviour: How requests are treated.
        status: Answer every request with this status instead.
        delay_seconds: For `Behaviour.SLOW`.

    """

    def __init__(
        self,
        *,
        port: int = 0,
        username: str | None = None,
        password: str | None = None,
        behaviour: Behaviour = Behaviour.NORMAL,
        status: int | None = None,
        delay_seconds: float = 0.0,
    ) -> None:
        self.behaviour = behaviour
        self.status = status
        self.delay_seconds = delay_seconds
        self._credentials = None if username is None else f"{username}:{password or ''}"
        self._store = GroupStore()
        self._requests: list[GatewayRequest] = []
        self._lock = threading.Lock()
        self._server = LocalServer(functools.partial(_Handler, self), port=port)

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://{self._server.address}"

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups it holds."""
        return self._store.groups

    @property
    def requests(self) -> tuple[GatewayRequest, ...]:
        """The requests so far, in the order in which they were answered."""
        with self._lock:
            return tuple(self._requests)

    def text(self) -> str:
        """Give what `GET /metrics` serves, whatever the behaviour is."""
        return self._store.text()

    def start(self) -> Self:
        """Listen."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop at once, also when requests hang; the groups can still be read."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def decide(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None:
        """Do what a request asks; None leaves it without an answer."""
        behaviour = self.behaviour
        forced = {Behaviour.STATUS_401: 401, Behaviour.STATUS_500: 500}.get(behaviour, self.status)
        if behaviour in (Behaviour.HANG, Behaviour.RESET):
            return None
        if behaviour is Behaviour.REDIRECT:
            return Answer(302, headers={"Location": _REDIRECT_TARGET})
        if forced is not None:
            return Answer(forced, f"status {forced} by request\n".encode())
        if not self._allowed(headers):
            return Answer(401, b"Unauthorized\n", {"WWW-Authenticate": "Basic"})
        if path == _PUSH_PREFIX or path.startswith((f"{_PUSH_PREFIX}/", f"{_PUSH_PREFIX}@base64/")):
            return self._change(method, path, headers, body)
        return self._read(method, path)

    def _allowed(self, headers: Message) -> bool:
        if self._credentials is None:
            return True
        expected = "Basic " + base64.b64encode(self._credentials.encode()).decode()
        return hmac.compare_digest(headers.get("Authorization", "").encode(), expected.encode())

    def _change(self, method: str, path: str, headers: Message, body: bytes) -> Answer:
        if method not in ("PUT", "POST", "DELETE"):
            return Answer(405, b"Method Not Allowed\n", {"Allow": "DELETE, OPTIONS, POST, PUT"})
        try:
            grouping = grouping_of(path.removeprefix("/metrics"))
            if method == "DELETE":
                self._store.delete(grouping)
                return Answer(202)
            families = parse(_decoded(body, headers.get("Content-Encoding", "")).decode())
        except (ExpositionError, UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
            return Answer(400, f"{error}\n".encode())
        try:
            self._store.push(grouping, families, whole=method == "PUT", now=time.time())
        except ExpositionError as error:
            told = f"pushed metrics are invalid or inconsistent with existing metrics: {error}\n"
            return Answer(400, told.encode())
        return Answer(200)

    def _read(self, method: str, path: str) -> Answer:
        known = (*_READY, "/metrics", "/api/v1/metrics")
        if path not in known or method != "GET":
            return Answer(405 if path in known else 404, b"404 page not found\n" if path not in known else b"")
        if path in _READY:
            return Answer(200, b"OK")
        if path == "/metrics":
            return Answer(200, self._store.text().encode(), _EXPOSITION)
        told = {"status": "success", "data": as_json(self._store.groups)}
        return Answer(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def note(self, request: GatewayRequest) -> None:
        """Keep a request for `requests`."""
        with self._lock:
            self._requests.append(request)


class _Handler(LocalHandler):
    def __init__(self, gateway: Gateway, request: socket.socket, client_address: object, server: LocalServer) -> None:
        self.gateway = gateway
        self.local_server = server
        super().__init__(request, client_address, server)

    def answer(self, body: bytes) -> None:
        at = time.monotonic()
        behaviour = self.gateway.behaviour
        path = unquote(urlsplit(self.path).path)
        answer = self.gateway.decide(self.command, path, self.headers, body)
        status = None if answer is None else answer.status
        self.gateway.note(GatewayRequest(self.command, self.path, status, at, self.headers, body))
        if behaviour is Behaviour.SLOW:
            self.local_server.stopping.wait(self.gateway.delay_seconds)
        if answer is not None:
            self.respond(answer)
        elif behaviour is Behaviour.RESET:
            self._reset()
        else:
            self.local_server.stopping.wait()
            self.close_connection = True

    def _reset(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client may have closed it first
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        os.close(self.connection.detach())  # a plain close would send FIN before RST


def _decoded(body: bytes, encoding: str) -> bytes:
    return gzip.decompress(body) if encoding.lower() == "gzip" else body
