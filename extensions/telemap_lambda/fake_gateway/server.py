"""A fake gateway, to try telemap without a real one, and to test with one that misbehaves.

It behaves like Pushgateway 1.5 (tests compare it with the real one) or, with `adding`, like prom-aggregation-gateway
0.9. It persists nothing and has no metrics about itself.
"""

from __future__ import annotations

import functools
import json
import threading
import time
import zlib
from collections import deque
from typing import TYPE_CHECKING

from telemap_lambda.fake_gateway.access import Access
from telemap_lambda.fake_gateway.behaviour import Behaviour
from telemap_lambda.fake_gateway.exposition import ExpositionError, Family, parse
from telemap_lambda.fake_gateway.groups import Group, GroupStore, as_json, grouping_of
from telemap_lambda.fake_gateway.handler import GatewayHandler
from telemap_lambda.fake_gateway.requests import GatewayRequest, decoded
from telemap_lambda.fake_gateway.sums import SumStore, labels_of
from telemap_lambda.local_server import Answer, LocalServer

if TYPE_CHECKING:
    import ssl
    from email.message import Message
    from typing import Self

_PUSH_PREFIX = "/metrics/job"
_READY = ("/-/ready", "/-/healthy")
_CHANGES = ("PUT", "POST", "DELETE")
_EXPOSITION = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
_REDIRECT_TARGET = "http://gateway.invalid/metrics"
_NOT_FOUND = Answer(404, b"404 page not found\n")


class FakeGateway:
    """A gateway on 127.0.0.1, as a context manager or between `start` and `stop`.

    `behaviour`, `status`, `delay_seconds`, `fail_every` and `access` may be changed while it runs.

    Args:
        port: Port to listen on; 0 lets the system choose.
        username: Require basic authentication with this and `password`.
        password: See `username`.
        token: Require this bearer token.
        behaviour: How to treat requests.
        status: Answer every request with this status instead.
        delay_seconds: For `Behaviour.SLOW`.
        fail_every: Refuse every n-th push or deletion with 500; 0 for none.
        adding: Add up pushes, as prom-aggregation-gateway does, instead of keeping groups.
        tls: Use TLS with this context.
        requests_kept: Maximum number of requests to keep in `requests`; 0 for long runs.

    """

    def __init__(
        self,
        *,
        port: int = 0,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        behaviour: Behaviour = Behaviour.NORMAL,
        status: int | None = None,
        delay_seconds: float = 0.0,
        fail_every: int = 0,
        adding: bool = False,
        tls: ssl.SSLContext | None = None,
        requests_kept: int = 10_000,
    ) -> None:
        self.behaviour = behaviour
        self.status = status
        self.delay_seconds = delay_seconds
        self.fail_every = fail_every
        self.access: Access | None = Access.bearer(token) if token is not None else None
        if username is not None:
            self.access = Access.basic(username, password or "")
        self._adding = adding
        self._scheme = "https" if tls else "http"
        self._groups = GroupStore()
        self._sums = SumStore()
        self._requests: deque[GatewayRequest] = deque(maxlen=requests_kept)
        self._changes = 0
        self._lock = threading.Lock()
        self._server = LocalServer(functools.partial(GatewayHandler, self), port=port, tls=tls)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"{self._scheme}://{self._server.address}"

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups; none if `adding`."""
        return self._groups.groups

    @property
    def sums(self) -> tuple[Family, ...]:
        """The sums; none unless `adding`."""
        return self._sums.families

    @property
    def requests(self) -> tuple[GatewayRequest, ...]:
        """The latest requests, in the order of the answers."""
        with self._lock:
            return tuple(self._requests)

    def text(self) -> str:
        """Return what `GET /metrics` serves, regardless of the behaviour."""
        return self._sums.text() if self._adding else self._groups.text()

    def start(self) -> Self:
        """Start listening."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop at once, even if requests hang; pushed metrics can still be read."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def decide(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None:
        """Carry out a request; return None for no answer."""
        if self.behaviour in (Behaviour.HANG, Behaviour.RESET):
            return None
        authorization = headers.get("Authorization", "")
        refusal = self._refusal(method, authorization)
        if refusal is not None:
            return refusal
        if self.behaviour is Behaviour.LYING and method in _CHANGES:
            return Answer(202 if self._adding or method == "DELETE" else 200)
        return self._obey(method, path, headers.get("Content-Encoding", ""), body)

    def _refusal(self, method: str, authorization: str) -> Answer | None:
        """Return the refusal that the behaviour or authentication requires, if any."""
        behaviour, access = self.behaviour, self.access
        if behaviour is Behaviour.REDIRECT:
            return Answer(302, headers={"Location": _REDIRECT_TARGET})
        if behaviour is Behaviour.ECHO:
            return Answer(400, f"refused: Authorization: {authorization}\n".encode(errors="replace"))
        forced = {Behaviour.STATUS_401: 401, Behaviour.STATUS_500: 500}.get(behaviour, self.status)
        if forced is None and method in _CHANGES and self._fails_now():
            forced = 500
        if forced is not None:
            return Answer(forced, f"status {forced} on request\n".encode())
        if access is not None and not access.allows(authorization):
            return Answer(401, b"Unauthorized\n", {"WWW-Authenticate": access.scheme})
        return None

    def _fails_now(self) -> bool:
        with self._lock:
            self._changes += 1
            return bool(self.fail_every) and self._changes % self.fail_every == 0

    def _obey(self, method: str, path: str, encoding: str, body: bytes) -> Answer:
        if self._adding:
            if method in ("PUT", "POST") and (path == "/metrics" or path.startswith("/metrics/")):
                return self._add(path, body)
            return self._read(method, path, ("/metrics", *_READY)) if method == "GET" else _NOT_FOUND
        if path == _PUSH_PREFIX or path.startswith((f"{_PUSH_PREFIX}/", f"{_PUSH_PREFIX}@base64/")):
            return self._change(method, path, encoding, body)
        return self._read(method, path, ("/metrics", "/api/v1/metrics", *_READY))

    def _add(self, path: str, body: bytes) -> Answer:
        """Add a push. This gateway ignores Content-Encoding, so it refuses compressed pushes."""
        try:
            self._sums.add(labels_of(path.removeprefix("/metrics")), parse(body.decode()))
        except (ExpositionError, UnicodeDecodeError) as error:
            return Answer(400, f"{error}\n".encode())
        return Answer(202)

    def _change(self, method: str, path: str, encoding: str, body: bytes) -> Answer:
        if method not in _CHANGES:
            return Answer(405, b"Method Not Allowed\n", {"Allow": "DELETE, OPTIONS, POST, PUT"})
        try:
            grouping = grouping_of(path.removeprefix("/metrics"))
            if method == "DELETE":
                self._groups.delete(grouping)
                return Answer(202)
            families = parse(decoded(body, encoding).decode())
        except (ExpositionError, UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
            return Answer(400, f"{error}\n".encode())
        try:
            self._groups.push(grouping, families, whole=method == "PUT", now=time.time())
        except ExpositionError as error:
            content = f"pushed metrics are invalid or inconsistent with existing metrics: {error}\n"
            return Answer(400, content.encode())
        return Answer(200)

    def _read(self, method: str, path: str, known: tuple[str, ...]) -> Answer:
        if path not in known:
            return _NOT_FOUND
        if method != "GET":
            return Answer(405)
        if path in _READY:
            return Answer(200, b"OK")
        if path == "/metrics":
            return Answer(200, self.text().encode(), _EXPOSITION)
        content = {"status": "success", "data": as_json(self._groups.groups)}
        return Answer(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def note(self, request: GatewayRequest) -> None:
        """Add a request to `requests`."""
        with self._lock:
            self._requests.append(request)
