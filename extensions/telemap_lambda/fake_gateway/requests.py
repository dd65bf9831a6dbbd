"""The requests that the fake gateway received, for tests to inspect."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message


@dataclass(frozen=True)
class GatewayRequest:
    """A received request.

    `status` is that of the answer (None if there was none), `at` the monotonic time in seconds when the request had
    been read, and `body` the request's body, still compressed.
    """

    method: str
    path: str
    status: int | None
    at: float
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, decompressed."""
        return decoded(self.body, self.headers.get("Content-Encoding", "")).decode()


def decoded(body: bytes, encoding: str) -> bytes:
    """Decompress a body whose `Content-Encoding` is `gzip`.

    Raises:
        OSError, EOFError, zlib.error: the body is not gzip.
    """
    return gzip.decompress(body) if encoding.lower() == "gzip" else body
