"""A minimal HTTP/1.1 client for the calls before anything else is imported.

`http.client` imports the e-mail package, and `socket` imports `enum`, `collections` and `selectors`. Each takes longer
to import than Python takes to start, and each millisecond before registering is added to the function's cold start.
"""

from __future__ import annotations

import _socket  # nothing that `socket` adds is needed here


class Response:
    """A response: status, headers by lower-case name, body."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


def exchange(
    address: tuple[str, int],
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes = b"",
    *,
    timeout: float | None,
) -> Response:
    """Send a request on a new connection and read the whole response.

    Args:
        address: host and port.
        method: the HTTP method.
        path: the request target.
        headers: headers in addition to `Host`, `Content-Length` and `Connection`.
        body: the request body.
        timeout: seconds for each socket operation; None for no limit.

    Raises:
        OSError: the connection failed or timed out, or the response was not HTTP.
    """
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {address[0]}:{address[1]}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    connection = _connect(address, timeout)
    try:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        message = b""
        while not _is_complete(message) and (chunk := connection.recv(65536)):
            message += chunk
    finally:
        connection.close()
    return parse_response(message)


def _connect(address: tuple[str, int], timeout: float | None) -> _socket.socket:
    """Connect to the first of a host's addresses that answers."""
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


def _is_complete(message: bytes) -> bool:
    """Return whether a response has its full Content-Length; the server may keep the connection open after it."""
    head, end, body = message.partition(b"\r\n\r\n")
    if not end:
        return False
    length = _headers(head.decode("latin-1").split("\r\n")[1:]).get("content-length", "")
    return length.isdecimal() and length == str(len(body))


def parse_response(message: bytes) -> Response:
    """Parse a complete response: one of full Content-Length, or after which the connection was closed.

    Raises:
        OSError: the message is not an HTTP response.
    """
    head, _, body = message.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    parts = first.split(" ", 2)
    if len(parts) < 2 or not parts[0].startswith("HTTP/") or not (len(parts[1]) == 3 and parts[1].isdecimal()):
        raise OSError("the answer is not HTTP")
    headers = _headers(rest)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _join_chunks(body)
    return Response(int(parts[1]), headers, body)


def _headers(lines: list[str]) -> dict[str, str]:
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _join_chunks(body: bytes) -> bytes:
    """Decode a chunked body (RFC 9112, section 7.1)."""
    joined = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        try:
            length = int(size.split(b";")[0], 16)
        except ValueError as error:
            raise OSError("malformed chunks in the answer") from error
        if length == 0:
            break
        joined += rest[:length]
        body = rest[length + 2 :]
    return joined
