"""The proxy that the environment names for a gateway: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from telemap.push.credentials import Basic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap.push.address import Origin

_PORT = 80


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy.

    Attributes:
        credentials: what `user:password@` in its URL says; None when there is none.
    """

    host: str
    port: int
    credentials: Basic | None

    @property
    def header(self) -> str:
        """The line with its credentials, or nothing."""
        return f"Proxy-Authorization: {self.credentials.header}\r\n" if self.credentials else ""


def proxy_for(origin: Origin, environ: Mapping[str, str]) -> Proxy | None:
    """Find the proxy on the way to a gateway; names in lower case go first, as everywhere.

    Raises:
        ValueError: what is named is no HTTP proxy; the message may hold any of it.
    """
    names = (f"{origin.scheme}_proxy", f"{origin.scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    url = next((environ[name] for name in names if environ.get(name)), "")
    exceptions = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if not url or any(_is_meant(origin, word.strip()) for word in exceptions.split(",")):
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    credentials = Basic(username, password) if username or password else None
    return Proxy(parts.hostname, _PORT if parts.port is None else parts.port, credentials)


def _is_meant(origin: Origin, word: str) -> bool:
    """Return whether a word of `NO_PROXY` means a host: `*`, a host or its domain, perhaps with a port, a network."""
    name = word.lower().lstrip(".")
    host = origin.host.lower()
    if not name or name == "*":
        return bool(name)
    if "/" in name:
        return _is_in(host, name)
    return any(text == name or text.endswith(f".{name}") for text in (host, f"{host}:{origin.port}"))


def _is_in(host: str, network: str) -> bool:
    from ipaddress import ip_address, ip_network  # noqa: PLC0415 - only where a network is named

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False
