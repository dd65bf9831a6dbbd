"""Find the proxy for a gateway in `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`."""

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
        credentials: from `user:password@` in its URL, if any.
    """

    host: str
    port: int
    credentials: Basic | None

    @property
    def header(self) -> str:
        """The `Proxy-Authorization` line; empty without credentials."""
        return f"Proxy-Authorization: {self.credentials.header}\r\n" if self.credentials else ""


def proxy_for(origin: Origin, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy for a gateway; lowercase variables win, as is customary.

    Raises:
        ValueError: the variable is not an HTTP proxy URL; the message may contain any part of it.
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
    """Return whether a `NO_PROXY` item matches a host: `*`, a network, or a host or domain with optional port."""
    name = word.lower().lstrip(".")
    host = origin.host.lower()
    if not name or name == "*":
        return bool(name)
    if "/" in name:
        return _is_in(host, name)
    return any(text == name or text.endswith(f".{name}") for text in (host, f"{host}:{origin.port}"))


def _is_in(host: str, network: str) -> bool:
    from ipaddress import ip_address, ip_network  # noqa: PLC0415 - only needed for networks

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False
