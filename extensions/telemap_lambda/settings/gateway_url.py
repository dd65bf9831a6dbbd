"""Read the gateway's address from the setting `GATEWAY`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from telemap.push.address import Origin
from telemap.push.credentials import Basic
from telemap_lambda.settings.variables import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class GatewayAddress:
    """The address to push to.

    Attributes:
        url: without credentials and trailing slash.
        username: from the URL's `user:password@`, or empty; never shown.
        password: likewise.
    """

    url: str
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def read_gateway(text: str) -> GatewayAddress:
    """Read a gateway's URL.

    Raises:
        ValueError: the URL is invalid; the message may contain any part of it, including the password.
    """
    parts = urlsplit(text if "://" in text else f"http://{text}")
    # A query or an `@` in the path is part of a password that contains `?`, `#` or `/`.
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.path:
        raise ValueError
    if " " in text or not text.isprintable():
        raise ValueError
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    location = f"{host}:{parts.port}" if parts.port is not None else host
    url = urlunsplit((parts.scheme, location, parts.path.rstrip("/"), "", ""))
    Origin.of(url).host.encode("idna")
    sent = Basic(unquote(parts.username or ""), unquote(parts.password or ""))
    return GatewayAddress(url, sent.username, sent.password)


def _read(given: str, _: Mapping[str, str]) -> GatewayAddress | None:
    return read_gateway(given)


GATEWAY_URL: Kind[GatewayAddress | None] = Kind(
    None,
    _read,
    "a URL such as https://gateway.example:9091",
    instead="nothing is collected or pushed",
    secret=True,
)
