"""A minimal HTTP/1.1 client for the calls to Lambda, the first of them before anything else is imported.

`http.client` imports the e-mail package, and `socket` imports `enum`, `collections` and `selectors`. Each takes longer
to import than Python takes to start, and each millisecond before registering is added to the function's cold start.
"""

from __future__ import annotations

import _socket  # nothing that `socket` adds is needed here
import os

_CONNECT_SECONDS = 5.0
"""Maximum time to connect for a call whose response may take any time."""


class Response:
    """A response.

    Attributes:
        status: the HTTP status.
        headers: the headers, by lower-case name.
        body: the body.
        is_whole: whether the message itself says that it ends there, so that the connection has not to.
        keeps: whether another request may follow on the connection.
    """

    __slots__ = ("body", "headers", "is_whole", "keeps", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes, *, is_whole: bool, keeps: bool) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.is_whole = is_whole
        self.keeps = keeps


class Client:
    """Makes one call after another, on one connection if the server keeps it.

    Args:
        address: host and port.
    """

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._connection: _socket.socket | None = None  # kept, or with a response to come
        self._is_reused = False
        self._timeout: float | None = None
        self._request = self._message = b""

    def exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b"", *, timeout: float | None
    ) -> Response:
        """Send a request and read the whole response.

        A request is sent again if the kept connection turns out to be closed.

        Args:
            method: the HTTP method.
            path: the request target.
            headers: headers in addition to `Host` and `Content-Length`.
            body: the request body.
            timeout: seconds for each socket operation; None for no limit.

        Raises:
            OSError: the connection failed or timed out, or the response was not HTTP.
        """
        self.send(self.request(method, path, headers, body), timeout=timeout)
        return self.receive()

    def request(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
        """Return a request, for `send`. See `exchange`."""
        host, port = self._address
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
        return head.encode() + body

    def send(self, request: bytes, *, timeout: float | None) -> None:
        """Send a request, whose response `receive` or `receive_some` reads. See `exchange`.

        Raises:
            OSError: the connection failed or timed out.
        """
        self._request = request
        self._timeout = timeout
        self._is_reused = self._connection is not None
        self._transmit()

    def take_over(self, file: int, request: bytes, *, timeout: float | None) -> None:
        """Take over a connection on which the launcher has sent a request, as if `send` had.

        Args:
            file: the connection's descriptor.
            request: what was sent on it.
            timeout: seconds for each socket operation; None for no limit.

        Raises:
            OSError: this is no connection.
        """
        self._request = request
        self._timeout = timeout
        self._message = b""
        self._is_reused = True  # so it is sent again should the connection be closed without an answer
        self._connection = _socket.socket(fileno=file)
        self._connection.settimeout(timeout)
        os.set_inheritable(file, False)  # noqa: FBT003 - the standard library has it so

    @property
    def file(self) -> int:
        """The descriptor that becomes readable when there is something to receive; -1 if there is none."""
        return -1 if self._connection is None else self._connection.fileno()

    def receive(self) -> Response:
        """Wait for the whole response.

        Raises:
            OSError: the connection failed or timed out, or the response was not HTTP.
        """
        while (response := self.receive_some(0)) is None:
            pass
        return response

    def receive_some(self, flags: int = _socket.MSG_DONTWAIT) -> Response | None:
        """Receive what has come; return None if it is not the whole response. The rest may come on another `file`.

        Args:
            flags: of recv(2); by default it does not wait.

        Raises:
            OSError: the connection failed or timed out, or the response was not HTTP.
        """
        connection, self._connection = self._connection, None
        if connection is None:
            raise OSError("there is no connection")
        is_open = False
        try:
            chunk = self._chunk(connection, flags)
            if chunk is None:
                is_open = True
                return None
            self._message += chunk
            if chunk or self._message or not self._is_reused:
                response = self._response(is_end=not chunk)
                is_open = response.keeps if response else bool(chunk)
                return response
        finally:
            if is_open:
                self._connection = connection
            else:
                connection.close()
        self._transmit()  # it was closed before it saw the request
        return None

    def _chunk(self, connection: _socket.socket, flags: int) -> bytes | None:
        """Receive some bytes: none at the end; None if there are none yet."""
        try:
            return connection.recv(65536, flags)
        except BlockingIOError:
            return None
        except ConnectionError:
            if self._is_reused and not self._message:
                return b""
            raise

    def _response(self, *, is_end: bool) -> Response | None:
        """Parse what has come, unless there is more to come."""
        if not (is_end or b"\r\n\r\n" in self._message):
            return None
        response = parse_response(self._message)
        response.keeps = response.keeps and not is_end
        return response if is_end or response.is_whole else None

    def _transmit(self) -> None:
        """Send the request, on a new connection if the kept one is closed."""
        self._message = b""
        kept, self._connection = self._connection, None
        if kept is not None:
            try:
                self._send_on(kept)
            except ConnectionError:
                pass
            else:
                return
        self._is_reused = False
        self._send_on(_connect(self._address, _CONNECT_SECONDS if self._timeout is None else self._timeout))

    def _send_on(self, connection: _socket.socket) -> None:
        try:
            if connection.gettimeout() != self._timeout:
                connection.settimeout(self._timeout)
            connection.sendall(self._request)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def __del__(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _connect(address: tuple[str, int], timeout: float | None) -> _socket.socket:
    """Connect to the first of a host's addresses that answers; a number needs no look at the machine's interfaces."""
    if address[0].replace(".", "").isdigit():
        connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            connection.connect(address)
        except BaseException:
            connection.close()
            raise
        return connection
    host = address[0].encode()  # a str would import `encodings.idna`, which is large
    refusal = OSError("the host has no address")
    for family, kind, protocol, _, place in _socket.getaddrinfo(host, address[1], 0, _socket.SOCK_STREAM):
        connection = _socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout)
            connection.connect(place)
        except OSError as error:
            connection.close()
            refusal = error
        else:
            return connection
    raise refusal


def parse_response(message: bytes) -> Response:
    """Parse a response, of which as much has arrived as is there.

    Raises:
        OSError: the message is not an HTTP response.
    """
    head, _, body = message.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    parts = first.split(" ", 2)
    if len(parts) < 2 or not parts[0].startswith("HTTP/") or not (len(parts[1]) == 3 and parts[1].isdecimal()):
        raise OSError("the answer is not HTTP")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    length = headers.get("content-length", "")
    is_whole = length.isdecimal() and length == str(len(body))
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body, is_whole = _join_chunks(body)
    keeps = parts[0] == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return Response(int(parts[1]), headers, body, is_whole=is_whole, keeps=keeps)


def _join_chunks(body: bytes) -> tuple[bytes, bool]:
    """Decode a chunked body (RFC 9112, section 7.1); return also whether it has ended."""
    joined = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        try:
            length = int(size.split(b";")[0], 16)
        except ValueError as error:
            raise OSError("malformed chunks in the answer") from error
        if length == 0:
            return joined, rest.endswith(b"\r\n")
        joined += rest[:length]
        body = rest[length + 2 :]
    return joined, False
