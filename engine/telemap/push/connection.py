"""A persistent HTTP/1.1 connection to a gateway (RFC 9112)."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, NamedTuple

from telemap.errors import PushError
from telemap.push.response import NoResponseError, NotHttpError, Response
from telemap.push.sockets import PlainSocket, connect

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from telemap.push.address import Origin
    from telemap.push.credentials import Tls
    from telemap.push.proxy import Proxy
    from telemap.push.tls import TlsSocket

_IDLE_SECONDS = 50.0
"""Idle time after which a connection is not reused: load balancers drop it after a minute, some silently."""

_UNREPEATABLE_IDLE_SECONDS = 3.0
"""The same for requests that must not be sent twice, and so must not hit a dead connection."""


class Request(NamedTuple):
    """A request to a gateway.

    Attributes:
        method: the HTTP method.
        target: path and query.
        headers: CRLF-terminated lines, without `Host` and `Content-Length`.
        body: the body.
        repeatable: whether it may be sent twice.
        most: most bytes of the response body to read.
    """

    method: str
    target: str
    headers: str
    body: bytes
    repeatable: bool
    most: int


class Answer(NamedTuple):
    """A gateway's response.

    Attributes:
        status: the HTTP status.
        location: the target of a redirect.
        body: the body.
        complete: whether `body` is complete.
        retry_after: the `Retry-After` header.
        repeated: whether the request was sent twice.
    """

    status: int
    location: str | None
    body: bytes
    complete: bool
    retry_after: str | None = None
    repeated: bool = False


class LostError(PushError):
    """A connection ended without a response, before the timeout."""


class Connection:
    """A persistent connection, opened by the first request.

    Args:
        origin: the gateway.
        tls: certificates for https.
        proxy: the proxy, if any.
        timeout: seconds for a whole exchange: connecting, sending, and receiving.
        monotonic: returns monotonic time, in seconds; a substitute for `time.monotonic`, by which sockets measure
            deadlines, is for subclasses without sockets.
        now: returns Unix time.
    """

    def __init__(
        self,
        origin: Origin,
        tls: Tls,
        proxy: Proxy | None,
        timeout: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic = monotonic
        self._now = now
        self._origin = origin
        self._tls = tls
        self._proxy = proxy
        self._timeout = timeout
        self._context: ssl.SSLContext | None = None
        self._socket: PlainSocket | TlsSocket | None = None
        self._used_at = (0.0, 0.0)
        through = proxy is not None and origin.scheme == "http"
        self._target_prefix = f"http://{origin.authority}" if through else ""
        self._lines = f"Host: {origin.authority}\r\nAccept-Encoding: identity\r\n"
        if through and proxy:
            self._lines += proxy.header

    def exchange(self, request: Request) -> Answer:
        """Send a request; retry once if a reused connection turns out to be dead, for instance after a freeze.

        There is no retry after the timeout: a request from before an hours-long freeze is outdated.

        Raises:
            PushError: there was no response.
        """
        deadline, began = self._monotonic() + self._timeout, self._now()
        self._drop_stale(_IDLE_SECONDS if request.repeatable else _UNREPEATABLE_IDLE_SECONDS)
        kept = self.is_open
        try:
            return self.exchange_once(request, deadline)
        except LostError:
            is_late = self._monotonic() >= deadline or self._now() - began >= self._timeout
            if is_late or not (kept and request.repeatable):
                raise
        try:
            return self.exchange_once(request, deadline)._replace(repeated=True)
        except PushError as error:
            error.sent = error.repeated = True
            raise

    @property
    def is_open(self) -> bool:
        """Whether a connection is open for reuse."""
        return self._socket is not None

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        kept, self._socket = self._socket, None
        if kept is not None:
            kept.close()

    def _drop_stale(self, seconds: float) -> None:
        """Close a connection that was idle too long, or that the gateway closed, which makes it readable.

        The monotonic clock may stand still while a sandbox is frozen, so the wall clock is checked, too.
        """
        if self._socket is None:
            return
        idle = max(self._monotonic() - self._used_at[0], self._now() - self._used_at[1])
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        if idle > seconds or poll.poll(0):
            self.close()

    def exchange_once(self, request: Request, deadline: float) -> Answer:
        """Send a request once.

        Raises:
            LostError: the connection ended without a response before the timeout.
            PushError: there was no response.
        """
        connection = self._socket or self._open(deadline)
        self._socket = None
        connection.bind_to(deadline)
        keep = False
        try:
            self._send(connection, request)
            answer, keep = _receive(connection, request)
        except (OSError, NotHttpError, NoResponseError) as error:
            failure = self._failure(error, deadline)
        else:
            return answer
        finally:
            if keep:
                self._socket, self._used_at = connection, (self._monotonic(), self._now())
            else:
                connection.close()
        raise failure  # outside the handler, so that its context does not hold the gateway's text

    def _send(self, connection: PlainSocket | TlsSocket, request: Request) -> None:
        """Send a request; a gateway may respond and close the connection before reading all of it."""
        length = f"Content-Length: {len(request.body)}\r\n" if request.body or request.method in {"PUT", "POST"} else ""
        target = self._target_prefix + request.target
        head = f"{request.method} {target} HTTP/1.1\r\n{self._lines}{length}{request.headers}\r\n"
        try:
            connection.sendall(head.encode() + request.body)
        except ConnectionError as error:
            poll = select.poll()
            poll.register(connection, select.POLLIN)
            if not poll.poll(0):
                raise ConnectionResetError(error.errno, error.strerror) from error

    def _failure(self, error: Exception, deadline: float) -> PushError:
        """Return the error for a request without a response."""
        if isinstance(error, TimeoutError) and self._monotonic() >= deadline:
            return PushError(f"the gateway did not answer within {self._timeout:g} s", sent=True)
        if isinstance(error, NoResponseError):
            return LostError("the gateway cannot be reached: it closed the connection without an answer", sent=True)
        if isinstance(error, NotHttpError):
            return PushError("the gateway's answer is not HTTP", sent=True)
        assert isinstance(error, OSError)  # noqa: S101 - nothing else is caught
        return LostError(f"the gateway cannot be reached: {self._reason(error)}", sent=not self._is_refused(error))

    def _open(self, deadline: float) -> PlainSocket | TlsSocket:
        """Connect, with TLS for https.

        Raises:
            PushError: connecting failed, and nothing was sent.
        """
        try:
            if self._origin.scheme == "https":
                return self._open_tls(deadline)
            return self._connect(deadline)
        except (OSError, NotHttpError, NoResponseError, UnicodeError) as error:
            if isinstance(error, TimeoutError):
                reason = f"no connection within {self._timeout:g} s"
            elif isinstance(error, OSError):
                reason = self._reason(error)
            else:
                reason = "invalid host name" if isinstance(error, UnicodeError) else "the proxy's answer is not HTTP"
        raise PushError(f"the gateway cannot be reached: {reason}", sent=False)

    def _open_tls(self, deadline: float) -> TlsSocket:
        from telemap.push.tls import TlsSocket, client_context  # noqa: PLC0415 - only for https

        if self._context is None:
            self._context = client_context(self._tls)
        connection = self._connect(deadline)
        try:
            if self._proxy:
                self._pass_through(connection, self._proxy)
            connection.settimeout(max(deadline - self._monotonic(), 0.001))
            secured = self._context.wrap_socket(connection, server_hostname=self._origin.host)
        except BaseException:
            connection.close()
            raise
        assert isinstance(secured, TlsSocket)  # noqa: S101 - the context creates no others
        return secured

    def _connect(self, deadline: float) -> PlainSocket:
        host, port = (self._proxy.host, self._proxy.port) if self._proxy else (self._origin.host, self._origin.port)
        return connect(host, port, deadline)

    def _pass_through(self, connection: PlainSocket, proxy: Proxy) -> None:
        """Open a tunnel through a proxy (RFC 9110, section 9.3.6)."""
        host = f"[{self._origin.host}]" if ":" in self._origin.host else self._origin.host
        there = f"{host}:{self._origin.port}"
        connection.sendall(f"CONNECT {there} HTTP/1.1\r\nHost: {there}\r\n{proxy.header}\r\n".encode())
        response = Response(connection)
        if response.status != 200:
            raise PushError(f"the proxy answered {response.status} and does not connect to the gateway", sent=False)

    def _reason(self, error: OSError) -> str:
        if self._context is None:
            return error.strerror or type(error).__name__
        from telemap.push.tls import explain  # noqa: PLC0415 - already imported

        return explain(error, self._tls)

    def _is_refused(self, error: OSError) -> bool:
        if self._context is None:
            return False
        from telemap.push.tls import refuses_client  # noqa: PLC0415 - already imported

        return refuses_client(error)


def _receive(connection: PlainSocket | TlsSocket, request: Request) -> tuple[Answer, bool]:
    """Read a response, and return whether the connection can be reused.

    Errors after the status line are ignored: the status counts.
    """
    response = Response(connection)
    body, complete = response.body(request.most)
    keep = complete and response.keeps and not response.has_more
    location, retry_after = response.header(b"location"), response.header(b"retry-after")
    return Answer(response.status, location, body, complete, retry_after), keep
