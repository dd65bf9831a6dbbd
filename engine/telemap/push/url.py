"""Split the URL of a gateway, without `urllib.parse` if the URL is plain.

A start needs nothing else of `urllib.parse`, which takes milliseconds to import.
"""

from __future__ import annotations

from typing import NamedTuple

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_/:")
"""Characters without a meaning of their own in the rest of a URL, but for slashes and colons."""

_LARGEST_PORT = 65535


class Url(NamedTuple):
    """The parts of a URL, as `urllib.parse.urlsplit` returns them.

    Attributes:
        scheme: in lower case.
        hostname: in lower case; None if there is none.
        port: None if there is none.
        path: the path, as written.
        query: without `?`.
        fragment: without `#`.
        username: as written, percent-encoded; None if there is none.
        password: likewise.
    """

    scheme: str
    hostname: str | None
    port: int | None
    path: str
    query: str = ""
    fragment: str = ""
    username: str | None = None
    password: str | None = None


def plain_url(url: str) -> Url | None:
    """Split the URL of a host in lower case, with or without a port and a path; return None for any other."""
    scheme, _, rest = url.partition("://")
    if scheme not in {"http", "https"} or "://" in rest or not _PLAIN.issuperset(rest):
        return None
    location, slash, path = rest.partition("/")
    host, colon, port = location.partition(":")
    if not host or (colon and not _is_port(port)):
        return None
    return Url(scheme, host, int(port) if colon else None, slash + path)


def _is_port(text: str) -> bool:
    return text.isdecimal() and len(text) <= len(str(_LARGEST_PORT)) and 0 < int(text) <= _LARGEST_PORT


def split_url(url: str) -> Url:
    """Split a URL.

    Raises:
        ValueError: the URL is invalid.
    """
    plain = plain_url(url)
    if plain is not None:
        return plain
    from urllib.parse import urlsplit  # noqa: PLC0415 - as above

    parts = urlsplit(url)
    return Url(
        parts.scheme,
        parts.hostname,
        parts.port,
        parts.path,
        parts.query,
        parts.fragment,
        parts.username,
        parts.password,
    )
