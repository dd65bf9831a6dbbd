"""One kept connection to a gateway, and what is said over it: HTTP/1.1 (RFC 9112).

`http.client` reads the answers. Requests are written here: from push to push nothing of them changes but the body.
"""

from __future__ import annotations

import http.client
import select
import time
from typing import TYPE_CHECKING, NamedTuple

from telemap.errors import PushError
from telemap.push.sockets import PlainSocket, connect

if TYPE_CHECKING:
    import ssl

    from telemap.push.address import Origin
    from telemap.push.credentials import Tls
    from telemap.push.proxy import Proxy
    from telemap.push.tls import TlsSocket

_IDLE_SECONDS = 50.0
"""A connection that was idle for longer is not used again: load balancers drop it after a minute, some in silence."""

_UNREPEATABLE_IDLE_SECONDS = 3.0
"""The same for what must not be sent twice, and so must not meet a connection that is dead."""


class Request(NamedTuple):
    """What is asked of a gateway.

    Attributes:
        method: of HTTP.
        target: path and query.
        headers: lines, each with its end, beside `Host` and `Content-Length`.
        body: what is sent.
        repeatable: whether it does no harm when it arrives twice.
        most: the longest answer that is read, in bytes; the rest is left.
    """

    method: str
    target: str
    headers: str
    body: bytes
    repeatable: bool
    most: int


class Answer(NamedTuple):
    """What a gateway answered.

    Attributes:
        status: of HTTP.
        location: where to, for redirections.
        retry_after: when to ask again, as the header says it.
        body: of the answer.
        complete: whether `body` is all of it.
        repeated: whether the request was sent twice.
    """

    status: int
    location: str | None
    retry_after: str | None
    body: bytes
    complete: bool
    repeated: bool = False


class _LostError(PushError):
    """A connection ended without an answer, although there was time."""


class Connection:
    """A connection that is opened when it is wanted, and kept.

    Args:
        origin: where to.
        tls: for https.
        proxy: on the way; None for none.
        timeout: seconds for a whole exchange: connecting, sending, and the answer.
    """

    def __init__(self, origin: Origin, tls: Tls, proxy: Proxy | None, timeout: float) -> None:
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
        """Ask, and once more when a connection that had served before turns out to be dead: the sandbox was frozen.

        Raises:
            PushError: there was no answer.
        """
        deadline = time.monotonic() + self._timeout
        self._drop_stale(_IDLE_SECONDS if request.repeatable else _UNREPEATABLE_IDLE_SECONDS)
        kept = self._socket is not None
        try:
            return self._exchange_once(request, deadline)
        except _LostError:
            if not (kept and request.repeatable):
                raise
        try:
            return self._exchange_once(request, deadline)._replace(repeated=True)
        except PushError as error:
            error.sent = error.repeated = True
            raise

    def close(self) -> None:
        """Close the connection; another one is opened when it is wanted."""
        kept, self._socket = self._socket, None
        if kept is not None:
            kept.close()

    def _drop_stale(self, seconds: float) -> None:
        """Close a connection that was idle for too long, or that the gateway has closed: then there is an end to read.

        A frozen sandbox may keep its monotonic clock from moving, so that the clock on the wall is asked as well.
        """
        if self._socket is None:
            return
        idle = max(time.monotonic() - self._used_at[0], time.time() - self._used_at[1])
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        if idle > seconds or poll.poll(0):
            self.close()

    def _exchange_once(self, request: Request, deadline: float) -> Answer:
        connection = self._socket or self._open(deadline)
        self._socket = None
        connection.bind_to(deadline)
        keep = False
        try:
            self._send(connection, request)
            answer, keep = _receive(connection, request)
        except (OSError, http.client.HTTPException) as error:
            failure = self._failure(error, deadline)
        else:
            return answer
        finally:
            if keep:
                self._socket, self._used_at = connection, (time.monotonic(), time.time())
            else:
                connection.close()
        raise failure  # out here, so that it does not carry the gateway's words

    def _send(self, connection: PlainSocket | TlsSocket, request: Request) -> None:
        """Send; a gateway that refuses before it has read everything may have closed, but has answered."""
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
        """Report why there was no answer."""
        if isinstance(error, TimeoutError) and time.monotonic() >= deadline:
            return PushError(f"the gateway did not answer within {self._timeout:g} s", sent=True)
        if isinstance(error, http.client.RemoteDisconnected):
            return _LostError("the gateway cannot be reached: it closed the connection without an answer", sent=True)
        if isinstance(error, http.client.HTTPException):
            return PushError("the gateway's answer is not HTTP", sent=True)
        assert isinstance(error, OSError)  # noqa: S101 - nothing else is caught
        return _LostError(f"the gateway cannot be reached: {self._reason(error)}", sent=not self._is_refused(error))

    def _open(self, deadline: float) -> PlainSocket | TlsSocket:
        """Connect, by TLS for https.

        Raises:
            PushError: that failed; nothing was sent.
        """
        try:
            if self._origin.scheme == "https":
                return self._open_tls(deadline)
            return self._connect(deadline)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            if isinstance(error, TimeoutError):
                reason = f"no connection within {self._timeout:g} s"
            elif isinstance(error, OSError):
                reason = self._reason(error)
            else:
                reason = "invalid host name" if isinstance(error, UnicodeError) else "the proxy speaks no HTTP"
        raise PushError(f"the gateway cannot be reached: {reason}", sent=False)

    def _open_tls(self, deadline: float) -> TlsSocket:
        from telemap.push.tls import TlsSocket, client_context  # noqa: PLC0415 - only where it is needed

        if self._context is None:
            self._context = client_context(self._tls)
        connection = self._connect(deadline)
        try:
            if self._proxy:
                self._pass_through(connection, self._proxy)
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            secured = self._context.wrap_socket(connection, server_hostname=self._origin.host)
        except BaseException:
            connection.close()
            raise
        assert isinstance(secured, TlsSocket)  # noqa: S101 - the context makes no others
        return secured

    def _connect(self, deadline: float) -> PlainSocket:
        host, port = (self._proxy.host, self._proxy.port) if self._proxy else (self._origin.host, self._origin.port)
        return connect(host, port, deadline)

    def _pass_through(self, connection: PlainSocket, proxy: Proxy) -> None:
        """Have a proxy pass on what comes (RFC 9110, section 9.3.6)."""
        host = f"[{self._origin.host}]" if ":" in self._origin.host else self._origin.host
        there = f"{host}:{self._origin.port}"
        connection.sendall(f"CONNECT {there} HTTP/1.1\r\nHost: {there}\r\n{proxy.header}\r\n".encode())
        with http.client.HTTPResponse(connection, method="CONNECT") as response:
            response.begin()
            if response.status != 200:
                raise PushError(f"the proxy answered {response.status}: it leads to no gateway", sent=False)

    def _reason(self, error: OSError) -> str:
        if self._context is None:
            return error.strerror or type(error).__name__
        from telemap.push.tls import explain  # noqa: PLC0415 - it has been imported

        return explain(error, self._tls)

    def _is_refused(self, error: OSError) -> bool:
        if self._context is None:
            return False
        from telemap.push.tls import refuses_client  # noqa: PLC0415 - it has been imported

        return refuses_client(error)


def _receive(connection: PlainSocket | TlsSocket, request: Request) -> tuple[Answer, bool]:
    """Read an answer, and tell whether the connection can serve again.

    What counts is the first line: after it nothing that fails takes the answer back.
    """
    with http.client.HTTPResponse(connection, method=request.method) as response:
        response.begin()
        body = b""
        complete = False
        try:
            while len(body) < request.most and (chunk := response.read1(request.most - len(body))):
                body += chunk
            complete = response.isclosed() if response.length is None else response.length == 0
        except (OSError, http.client.HTTPException):
            pass
        keep = complete and not response.will_close
        location, retry_after = response.getheader("Location"), response.getheader("Retry-After")
        return Answer(response.status, location, retry_after, body, complete), keep
