"""A minimal HTTP/1.1 client for the calls to Lambda, the first of them before anything else is imported.

`http.client` imports the e-mail package, and `socket` imports `enum`, `collections` and `selectors`. Each takes longer
to import than Python takes to start, and each millisecond before registering is added to the function's cold start.
"""

from __future__ import annotations

import _socket  # nothing that `socket` adds is needed here


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


class _GoneError(Exception):
    """The server has closed a kept connection before it saw the request."""


class Client:
    """Makes one call after another, on one connection if the server keeps it.

    Args:
        address: host and port.
    """

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._kept: _socket.socket | None = None

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
        host, port = self._address
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
        request = head.encode() + body
        if self._kept is not None:
            try:
                return self._exchange(self._kept, request, timeout, reused=True)
            except _GoneError:
                pass
        return self._exchange(_connect(self._address, timeout), request, timeout, reused=False)

    def _exchange(self, connection: _socket.socket, request: bytes, timeout: float | None, *, reused: bool) -> Response:
        self._kept = None
        message = b""
        try:
            if connection.gettimeout() != timeout:
                connection.settimeout(timeout)
            connection.sendall(request)
            while chunk := connection.recv(65536):
                message += chunk
                response = parse_response(message) if b"\r\n\r\n" in message else None
                if response and response.is_whole:
                    if response.keeps:
                        self._kept = connection
                    return response
        except ConnectionError as error:
            if reused and not message:
                raise _GoneError from error
            raise
        finally:
            if self._kept is None:
                connection.close()
        if reused and not message:
            raise _GoneError
        return parse_response(message)

    def __del__(self) -> None:
        if self._kept is not None:
            self._kept.close()


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
