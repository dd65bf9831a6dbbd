"""One HTTP/1.1 exchange over a socket, for the calls that are made before anything else is imported.

`http.client` brings the e-mail package with it, `socket` brings `enum`, `collections` and `selectors`, and each takes
longer to import than Python takes to start. Each millisecond before registering is added to the function's cold start.
"""

from __future__ import annotations

import _socket  # what `socket` adds to it is not needed here


class Response:
    """An answer: status, headers by lower-case name, body."""

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
    """Send a request on a connection of its own and read the whole answer.

    Args:
        address: host and port.
        method: the HTTP method.
        path: the request target.
        headers: what to send beside `Host`, `Content-Length` and `Connection`.
        body: what to send.
        timeout: seconds for each step on the socket; None waits for ever.

    Raises:
        OSError: the connection failed, timed out, or gave no HTTP answer.
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
    host = address[0].encode()  # as text it would be encoded by `encodings.idna`, which is large
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
    """Return whether an answer has the length that it names; its sender may keep the connection open."""
    head, end, body = message.partition(b"\r\n\r\n")
    if not end:
        return False
    length = _headers(head.decode("latin-1").split("\r\n")[1:]).get("content-length", "")
    return length.isdecimal() and length == str(len(body))


def parse_response(message: bytes) -> Response:
    """Read an answer that is complete: it has the length that it names, or the connection was closed after it.

    Raises:
        OSError: it is no HTTP answer.
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
    """Take the framing off a chunked body (RFC 9112, section 7.1)."""
    joined = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        try:
            length = int(size.split(b";")[0], 16)
        except ValueError as error:
            raise OSError("the answer's chunks are not well-formed") from error
        if length == 0:
            break
        joined += rest[:length]
        body = rest[length + 2 :]
    return joined
