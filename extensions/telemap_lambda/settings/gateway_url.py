"""Read the gateway's address from the setting `GATEWAY`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telemap.push.address import Origin
from telemap.push.credentials import Basic
from telemap.push.url import split_url
from telemap_lambda.settings.variables import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


_LONGEST_LABEL = 64
"""Characters that a label of a host name must not have (RFC 1035, section 2.3.4)."""


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
    parts = split_url(text if "://" in text else f"http://{text}")
    # A query or an `@` in the path is part of a password that contains `?`, `#` or `/`.
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.path:
        raise ValueError
    if " " in text or not text.isprintable():
        raise ValueError
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    location = f"{host}:{parts.port}" if parts.port is not None else host
    url = f"{parts.scheme}://{location}{parts.path.rstrip('/')}"
    _require_host_name(Origin.of(url).host)
    sent = Basic(_decoded(parts.username), _decoded(parts.password))
    return GatewayAddress(url, sent.username, sent.password)


def _require_host_name(host: str) -> None:
    """Check that a host's name can be resolved; importing Python's codec takes longer than a look at a plain name.

    Raises:
        ValueError: it cannot.
    """
    labels = host.removesuffix(".").split(".")
    if not (host.isascii() and all(0 < len(label) < _LONGEST_LABEL for label in labels)):
        host.encode("idna")


def _decoded(part: str | None) -> str:
    if not part:
        return ""
    from urllib.parse import unquote  # noqa: PLC0415 - few URLs have a password

    return unquote(part)


def _read(given: str, _: Mapping[str, str]) -> GatewayAddress | None:
    return read_gateway(given)


GATEWAY_URL: Kind[GatewayAddress | None] = Kind(
    None,
    _read,
    "a URL such as https://gateway.example:9091",
    instead="nothing is collected or pushed",
    secret=True,
)
