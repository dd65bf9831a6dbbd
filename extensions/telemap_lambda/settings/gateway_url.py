"""Read the gateway's address from the setting `GATEWAY`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telemap.push.address import Origin
from telemap.push.credentials import Basic
from telemap.push.url import plain_url, split_url
from telemap_lambda.settings.variables import Kind, SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from telemap.push.url import Url

_SCHEMES_WITHOUT_SLASHES = ("http:", "http/", "https:", "https/")


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
        SettingError: the URL is invalid; the message says why, and shows no part of it.
        ValueError: likewise, but the message may contain any part of it, including the password.
    """
    _require_one_line(text)
    whole = text if "://" in text else f"http://{text}"
    parts = plain_url(whole) or _supported(whole)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
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


def _require_one_line(text: str) -> None:
    if " " in text or not text.isprintable():
        raise SettingError("it has white space or invisible characters")
    if "://" not in text and text.lower().startswith(_SCHEMES_WITHOUT_SLASHES):
        raise SettingError("its scheme is not followed by '://'")


def _supported(url: str) -> Url:
    from urllib.parse import urlsplit  # noqa: PLC0415 - a plain URL needs no look at its parts

    _require_supported(urlsplit(url))
    return split_url(url)


def _require_supported(parts: SplitResult) -> None:
    """Raise unless every part of a URL is used; an `@` in the path belongs to a password with a slash."""
    if parts.scheme not in {"http", "https"}:
        raise SettingError("its scheme is neither http nor https")
    if "://" in parts.path:
        raise SettingError("it has more than one address")
    if parts.query or parts.fragment:
        raise SettingError("it has a query or a fragment; in a password, write ? as %3F and # as %23")
    if "@" in parts.path:
        raise SettingError("an @ follows a slash; in a password, write / as %2F")
    location = parts.netloc.rpartition("@")[2]
    if location.count(":") > 1 and "[" not in location:
        raise SettingError("write an IPv6 address in brackets")
    if not parts.hostname:
        raise ValueError
    try:
        is_port = parts.port != 0
    except ValueError:
        is_port = False
    if not is_port:
        raise SettingError("its port is not from 1 to 65535")


def _read(given: str, _: Mapping[str, str]) -> GatewayAddress | None:
    return read_gateway(given)


GATEWAY_URL: Kind[GatewayAddress | None] = Kind(
    None,
    _read,
    "a URL such as https://gateway.example:9091",
    instead="nothing is collected or pushed",
    secret=True,
)
