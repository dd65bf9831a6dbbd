"""Read HTTP/1.1 requests as they come to the listener (RFC 9112), whoever sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Most of a post that is kept; Lambda sends up to 2 * maxBytes and some metadata."""

_PIECE_BYTES = 64 * 1024
"""How much of what is not kept is read at once."""

_LINE_BYTES = 64 * 1024
_HEAD_LINES = 100
"""Longest line of a head, and most of its lines: what has more is no request that anyone waits for."""

_LENGTH_DIGITS = 12

_BLANK = (b"\r\n", b"\n")

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Malformed(Exception):  # noqa: N818 - nobody outside the listener sees it
    """What was sent is no HTTP request."""


class Request(NamedTuple):
    """A request: its body, as far as it is kept, and whether the connection is for another one too."""

    body: bytes
    keeps: bool


def read_request(reader: BinaryIO, send: Callable[[bytes], object]) -> Request | None:
    """Read the next request of a connection.

    Args:
        reader: what the sender sends.
        send: sends bytes to it, for senders that wait to be told to go on.

    Returns:
        None when there are no more.

    Raises:
        Malformed: it is none.
        OSError: the connection failed, or was silent for too long.
    """
    first = _line(reader)
    if first in _BLANK:  # some senders put one after a body
        first = _line(reader)
    if not first:
        return None
    version = first.split()[-1] if len(first.split()) == 3 else b""
    if not version.startswith(b"HTTP/1."):
        raise Malformed
    headers = _headers(reader)
    if headers.get(b"expect", b"").lower() == b"100-continue":
        send(_CONTINUE)
    body, is_whole = _body(reader, headers)
    connection = headers.get(b"connection", b"").lower()
    wished = connection == b"keep-alive" if version == b"HTTP/1.0" else connection != b"close"
    return Request(body, keeps=is_whole and wished)


def _line(reader: BinaryIO) -> bytes:
    line = reader.readline(_LINE_BYTES + 1)
    if len(line) > _LINE_BYTES:
        raise Malformed
    return line


def _headers(reader: BinaryIO) -> dict[bytes, bytes]:
    """Read header lines up to the empty one."""
    headers: dict[bytes, bytes] = {}
    for _ in range(_HEAD_LINES):
        line = _line(reader)
        if line in _BLANK:
            return headers
        if not line:
            break
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip()
    raise Malformed


def _body(reader: BinaryIO, headers: dict[bytes, bytes]) -> tuple[bytes, bool]:
    """Read a body; what is longer than the bound is cut.

    Returns:
        What is kept of it, and whether its end is known, so that another request may follow.
    """
    if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
        return _chunks(reader)
    length = headers.get(b"content-length", b"")
    if not length:
        return b"", True
    if not length.isdigit() or len(length) > _LENGTH_DIGITS:
        return b"", False
    return _read(reader, int(length), MAX_BODY_BYTES), True


def _chunks(reader: BinaryIO) -> tuple[bytes, bool]:
    """Read a chunked body (RFC 9112, section 7.1)."""
    body = b""
    while True:
        size = reader.readline(32).split(b";")[0].strip()
        if not size or size.strip(b"0123456789abcdefABCDEF"):
            return body, False
        length = int(size, 16)
        body += _read(reader, length, MAX_BODY_BYTES - len(body))
        reader.readline(32)
        if length == 0:
            return body, True


def _read(reader: BinaryIO, length: int, room: int) -> bytes:
    """Read so many bytes and keep those that there is room for.

    All are read, because a sender that is cut short does not see the answer, and sends again. One that ends too early
    sends again as well: what it has sent is left.
    """
    kept = reader.read(min(length, room))
    left = length - len(kept)
    while left > 0 and (piece := reader.read(min(left, _PIECE_BYTES))):
        left -= len(piece)
    if left > 0:
        raise Malformed
    return kept
