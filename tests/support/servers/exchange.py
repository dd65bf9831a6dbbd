"""One HTTP request without any client's ideas of its own: the path goes out as it is written."""

from __future__ import annotations

import contextlib
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    import ssl


class Reply(NamedTuple):
    """What a server said."""

    status: int
    text: str


def call(
    url: str,
    method: str,
    path: str,
    body: bytes | str = b"",
    headers: dict[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> Reply:
    """Send one request on a connection of its own; `tls` is for a URL of https."""
    where = urlsplit(url).netloc
    seconds = PATIENCE_SECONDS
    connection = HTTPSConnection(where, timeout=seconds, context=tls) if tls else HTTPConnection(where, timeout=seconds)
    with contextlib.closing(connection):
        connection.request(method, path, body.encode() if isinstance(body, str) else body, headers or {})
        response = connection.getresponse()
        return Reply(response.status, response.read().decode())
