"""Read responses (RFC 9112). `http.client` would import the e-mail package, and read each header with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.push.sockets import PlainSocket
    from telemap.push.tls import TlsSocket

_RECEIVED_BYTES = 64 * 1024
"""Most bytes to receive at once, and the longest line."""

_HEADERS = 100
"""Most header lines, as in `http.client`."""

_SIZE_DIGITS = 16
"""Most digits of the size of a chunk."""


class NotHttpError(Exception):
    """The response is not HTTP."""


class NoResponseError(Exception):
    """The connection was closed without a response."""


class Response:
    """A response, whose head has been read.

    Args:
        connection: the connection, with a deadline.

    Attributes:
        status: the status.
        keeps: whether another request may follow, once the body is complete.

    Raises:
        NotHttpError: it is not HTTP.
        NoResponseError: there is none.
        OSError: the connection failed or timed out.
    """

    def __init__(self, connection: PlainSocket | TlsSocket) -> None:
        self._connection = connection
        self._held = b""
        self._at = 0
        version, self.status = self._status()
        while 100 <= self.status < 200 and self.status != 101:  # Switching Protocols ends what can be read here
            self._read_headers()
            version, self.status = self._status()
        headers = self._headers = self._read_headers()
        connection_header = headers.get(b"connection", b"").lower()
        self._is_chunked = headers.get(b"transfer-encoding", b"").lower() == b"chunked"
        self._left = self._length()
        keeps = b"keep-alive" in connection_header if version == b"HTTP/1.0" else b"close" not in connection_header
        self.keeps = keeps and (self._is_chunked or self._left is not None)

    def header(self, name: bytes) -> str | None:
        """Return the first header of a name in lower case."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    def body(self, most: int) -> tuple[bytes, bool]:
        """Read the body; return as much of it as could be read, and whether that is all of it.

        Args:
            most: most bytes to read.
        """
        pieces: list[bytes] = []
        read = self._read_chunks if self._is_chunked else self._read_plain
        try:
            complete = read(pieces, most)
        except (OSError, NotHttpError):  # the status counts
            complete = False
        return b"".join(pieces), complete

    @property
    def has_more(self) -> bool:
        """Return whether something has come after the body, which nobody asked for."""
        return self._at < len(self._held)

    def _status(self) -> tuple[bytes, int]:
        line = self._line()
        if not line:
            raise NoResponseError
        version, _, rest = line.partition(b" ")
        status = rest.lstrip()[:3]
        after = rest.lstrip()[3:4]
        if not version.startswith(b"HTTP/") or len(status) != 3 or not status.isdigit() or after.strip():
            raise NotHttpError
        return version, int(status)

    def _read_headers(self) -> dict[bytes, bytes]:
        """Read header lines; of several with one name, return the first."""
        headers: dict[bytes, bytes] = {}
        for _ in range(_HEADERS + 1):
            line = self._line()
            if not line.strip():
                return headers
            name, _, value = line.partition(b":")
            headers.setdefault(name.strip().lower(), value.strip())
        raise NotHttpError

    def _length(self) -> int | None:
        """Return the length of the body; None if the connection's end is its end, or chunks tell."""
        if self.status in {204, 304}:
            self._is_chunked = False
            return 0
        length = self._headers.get(b"content-length", b"")
        return int(length) if length.isdigit() and len(length) <= _SIZE_DIGITS and not self._is_chunked else None

    def _read_plain(self, pieces: list[bytes], most: int) -> bool:
        left = self._left
        while most > 0 and left != 0:
            piece = self._some(most if left is None else min(most, left))
            if not piece:
                return left is None
            pieces.append(piece)
            most -= len(piece)
            left = None if left is None else left - len(piece)
        return left == 0

    def _read_chunks(self, pieces: list[bytes], most: int) -> bool:
        """Read a chunked body (RFC 9112, section 7.1)."""
        while True:
            digits = self._line().partition(b";")[0].strip()
            if not digits or len(digits) > _SIZE_DIGITS or digits.strip(b"0123456789abcdefABCDEF"):
                raise NotHttpError
            left = int(digits, 16)
            if not left:
                self._read_headers()  # trailers
                return True
            while left:
                if most <= 0:
                    return False
                piece = self._some(min(most, left))
                if not piece:
                    return False
                pieces.append(piece)
                most -= len(piece)
                left -= len(piece)
            if self._line().strip():
                raise NotHttpError

    def _line(self) -> bytes:
        """Return the next line, or what is left of it at the end."""
        while (end := self._held.find(b"\n", self._at)) < 0:
            if len(self._held) - self._at > _RECEIVED_BYTES:
                raise NotHttpError
            more = self._connection.recv(_RECEIVED_BYTES)
            self._held, self._at = self._held[self._at :] + more, 0
            if not more:
                end = len(self._held) - 1
                break
        line = self._held[self._at : end + 1]
        if len(line) > _RECEIVED_BYTES:
            raise NotHttpError
        self._at = end + 1
        return line

    def _some(self, most: int) -> bytes:
        """Return up to `most` bytes, or none at the end."""
        if self._at == len(self._held):
            return self._connection.recv(min(most, _RECEIVED_BYTES))
        piece = self._held[self._at : self._at + most]
        self._at += len(piece)
        return piece
