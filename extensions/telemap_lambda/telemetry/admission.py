"""Who may post telemetry: Lambda, which alone knows the path that was subscribed."""

from __future__ import annotations

import os
from _operator import _compare_digest  # what `hmac` has without OpenSSL, which would bring 4 MiB with it
from typing import TYPE_CHECKING

from telemap_lambda.telemetry.receiver import Refused

if TYPE_CHECKING:
    from telemap_lambda.telemetry.http_request import Head

_HOSTS = frozenset({b"", b"sandbox.localdomain", b"sandbox", b"localhost"})
"""Names of the sandbox. A request without one, as in HTTP/1.0, is not refused for it."""


class Admission:
    """Tell Lambda's posts from those that a function can be brought to send, as by a URL that somebody gave it.

    AWS documents that a subscription may name a path, and its own emulator drops it. So posts to the root are taken
    until one has come to the path: from then on it is known that Lambda keeps it.

    Attributes:
        path: where Lambda is to post.
    """

    def __init__(self) -> None:
        self.path = f"/{os.urandom(16).hex()}"
        self._path = self.path.encode()
        self._is_kept = False

    def require(self, head: Head) -> None:
        """Refuse a request that is not Lambda's, before its body is read.

        Raises:
            Refused: it is not.
        """
        if b"origin" in head.headers or not _is_of_sandbox(head.headers.get(b"host", b"")):
            raise Refused(403)
        is_ours = _compare_digest(head.path.removesuffix(b"/"), self._path)
        if not (is_ours or (head.path == b"/" and not self._is_kept)):
            raise Refused(404)
        if head.method != b"POST":
            raise Refused(405)
        self._is_kept = self._is_kept or is_ours


def _is_of_sandbox(host: bytes) -> bool:
    """Return whether a Host header names the sandbox, or has an address; browsers send the names of others."""
    name = host if host.startswith(b"[") else host.partition(b":")[0].lower()
    return name in _HOSTS or name.startswith(b"[") or not name.strip(b"0123456789.")
