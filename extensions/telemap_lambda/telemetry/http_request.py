"""Read HTTP/1.1 requests (RFC 9112) from any client of the listener.

Only what the listener needs is kept, and all of it is bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from telemap_lambda.telemetry.receiver import Malformed, Refused

if TYPE_CHECKING:
    from telemap_lambda.telemetry.receiver import Received
    from telemap_lambda.telemetry.room import Share

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Maximum size of a post, in bytes. Lambda's are up to twice the subscribed 1 MiB, plus metadata (Telemetry API,
"Buffering memory usage"); as much again allows for JSON escapes."""

_HEAD_LINES = 64
"""Maximum number of header lines; HTTP servers commonly accept about 100."""

_LENGTH_DIGITS = 12
_SIZE_DIGITS = 8
_MAX_CHUNKS = 64 * 1024

_NAMES = frozenset({b"host", b"origin", b"content-length", b"transfer-encoding", b"expect", b"connection"})
"""Headers the listener uses."""

_BLANK = (b"\r\n", b"\n")


class Head(NamedTuple):
    """The request line and headers.

    Attributes:
        path: the path, without the query.
        headers: the headers the listener uses, by lower-case name.
        keeps: whether the connection is kept alive.
    """

    method: bytes
    path: bytes
    headers: dict[bytes, bytes]
    keeps: bool


def read_head(receiver: Received) -> Head:
    """Read the request line and headers.

    Raises:
        Malformed: the input is not an HTTP request.
        Incomplete: the rest of it has not been received yet, and is not waited for.
        Refused: the head is too long or contradicts itself.
        OSError: the connection failed or timed out.
    """
    first = receiver.line()
    if first in _BLANK:  # some clients send one after a body
        first = receiver.line()
    method, target, version = first.split() if len(first.split()) == 3 else (b"", b"", b"")
    if not version.startswith(b"HTTP/1."):
        raise Malformed
    headers = _headers(receiver)
    connection = headers.get(b"connection", b"").lower()
    keeps = connection == b"keep-alive" if version == b"HTTP/1.0" else connection != b"close"
    return Head(method, _path(target), headers, keeps)


def read_body(receiver: Received, head: Head, share: Share | None) -> bytes:
    """Read a body.

    Args:
        receiver: the receiver of the connection.
        head: the head of the request.
        share: the room for the body; None if it has been received already.

    Raises:
        Malformed: the body is incomplete; the client sends it again.
        Incomplete: the rest of it has not been received yet, and is not waited for.
        Unusual: the client waits to be asked for it.
        Refused: the body is too long or its chunks are invalid.
        OSError: the connection failed or timed out, or there is no room.
    """
    body = bytearray()
    length = _length(head.headers)
    if head.headers.get(b"expect", b"").lower() == b"100-continue":
        receiver.go_on()
    if length is None:
        _read_chunks(receiver, body, share)
    else:
        _read(receiver, length, body, share)
    if share is not None:
        share.settle()
    return bytes(body)


def _headers(receiver: Received) -> dict[bytes, bytes]:
    """Read header lines up to the empty one; return the headers the listener uses."""
    headers: dict[bytes, bytes] = {}
    for _ in range(_HEAD_LINES):
        line = receiver.line()
        if line in _BLANK:
            return headers
        if not line:
            raise Malformed
        name, _, value = line.partition(b":")
        name, value = name.strip().lower(), value.strip()
        if name in _NAMES and headers.setdefault(name, value) != value:
            raise Refused(400)
    raise Refused(431)


def _path(target: bytes) -> bytes:
    """Return the path of a request target, which may be an absolute URL."""
    _, scheme, rest = target.partition(b"://")
    if scheme and not target.startswith(b"/"):
        target = b"/" + rest.partition(b"/")[2]
    return target.partition(b"?")[0]


def _length(headers: dict[bytes, bytes]) -> int | None:
    """Return the length of the body, or None if it is chunked."""
    coding, length = headers.get(b"transfer-encoding", b"").lower(), headers.get(b"content-length", b"")
    if coding == b"chunked" and not length:
        return None
    if coding or (length and not length.isdigit()):
        raise Refused(400)
    if len(length) > _LENGTH_DIGITS or int(length or b"0") > MAX_BODY_BYTES:
        raise Refused(413)
    return int(length or b"0")


def _read_chunks(receiver: Received, body: bytearray, share: Share | None) -> None:
    """Read a chunked body (RFC 9112, section 7.1)."""
    for _ in range(_MAX_CHUNKS):
        size = receiver.line().partition(b";")[0].strip()
        if not size or len(size) > _SIZE_DIGITS or size.strip(b"0123456789abcdefABCDEF"):
            raise Refused(400)
        length = int(size, 16)
        if length > MAX_BODY_BYTES - len(body):
            raise Refused(413)
        if length == 0:
            _headers(receiver)  # trailers, which are ignored
            return
        _read(receiver, length, body, share)
        if receiver.line() not in _BLANK:
            raise Refused(400)
    raise Refused(413)


def _read(receiver: Received, length: int, body: bytearray, share: Share | None) -> None:
    """Read `length` bytes into a body."""
    while length > 0:
        piece = receiver.some(length)
        if not piece:
            raise Malformed
        if share is not None:
            share.take(len(piece), receiver.seconds_left)
        body += piece
        length -= len(piece)
