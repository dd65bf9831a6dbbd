"""Admit telemetry posts from Lambda only, which alone knows the subscribed path."""

from __future__ import annotations

import os
from _operator import _compare_digest  # `hmac`'s fallback without OpenSSL, which takes 4 MiB
from typing import TYPE_CHECKING

from telemap_lambda.telemetry.receiver import Refused

if TYPE_CHECKING:
    from telemap_lambda.telemetry.http_request import Head

_HOSTS = frozenset({b"", b"sandbox.localdomain", b"sandbox", b"localhost"})
"""Host names of the sandbox. A request without one, as in HTTP/1.0, is accepted."""


class Admission:
    """Distinguish Lambda's posts from those a function can be tricked into sending, for example by a URL it was given.

    AWS documents that a subscription may name a path, but its own emulator drops it. So posts to the root are accepted
    until one arrives at the path, which proves that Lambda keeps it.

    Attributes:
        path: the path Lambda is to post to.
    """

    def __init__(self) -> None:
        self.path = f"/{os.urandom(16).hex()}"
        self._path = self.path.encode()
        self._is_kept = False

    def require(self, head: Head) -> None:
        """Refuse a request that is not from Lambda, before its body is read.

        Raises:
            Refused: the request is not from Lambda.
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
    """Return whether a Host header names the sandbox or is an IP address; browsers send other names."""
    name = host if host.startswith(b"[") else host.partition(b":")[0].lower()
    return name in _HOSTS or name.startswith(b"[") or not name.strip(b"0123456789.")
