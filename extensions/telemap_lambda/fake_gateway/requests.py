"""What an embedded gateway was asked, for tests to look at."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message


@dataclass(frozen=True)
class GatewayRequest:
    """A request that came in.

    `status` is what was answered (None: nothing), `at` the monotonic time in seconds when it had been read,
    `body` what was sent, still compressed.
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
        OSError, EOFError, zlib.error: it is no gzip.
    """
    return gzip.decompress(body) if encoding.lower() == "gzip" else body
