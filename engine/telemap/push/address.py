"""Build the URL of a group from the gateway's URL and the grouping key."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from telemap.exposition import CONTENT_TYPE
from telemap.push.url import split_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

IMPORT_PATH = "/api/v1/import/prometheus"
"""VictoriaMetrics' import API; in a cluster, the tenant's path may precede it."""

WRITE_PATHS = ("/api/v1/write", "/api/v1/push", "/api/prom/push", "/api/v1/receive", "/api/v1/remote_write")
"""Remote write: Prometheus and VictoriaMetrics, Mimir, Cortex and Grafana Cloud, Thanos, Amazon Managed Prometheus."""

_PORTS = {"http": 80, "https": 443}

_KEPT = "/%:@!$&'()*+,;=~"
"""Characters left unencoded in a URL path (RFC 3986); `%` because the path may already be encoded."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a gateway, and the path prefix of all requests."""

    scheme: str
    host: str
    port: int
    prefix: str

    @classmethod
    def of(cls, url: str) -> Origin:
        """Parse a URL.

        Raises:
            ValueError: the URL is not http or https, or has no host.
        """
        parts = split_url(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("the gateway's URL must begin with http:// or https://")
        host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
        return cls(parts.scheme, host, port, _quote(parts.path.rstrip("/"), safe=_KEPT))

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def _quote(text: str, *, safe: str, errors: str = "strict") -> str:
    """Encode text for a URL."""
    if not text or (text.isascii() and text.isalnum()):
        return text
    from urllib.parse import quote  # noqa: PLC0415 - as in `telemap.push.url`

    return quote(text, safe=safe, errors=errors)


def import_query(grouping: Mapping[str, str]) -> str:
    """Return the query that adds the grouping key to imported series: `?extra_label=job=J&extra_label=label=value`."""
    pairs = (_quote(f"{name}={value}", safe="=", errors="replace") for name, value in grouping.items())
    return "?" + "&".join(f"extra_label={pair}" for pair in pairs)


def grouping_path(grouping: Mapping[str, str]) -> str:
    """Return the path of a group: `/metrics/job/J/label/value`.

    `job` comes first. The gateway expects base64 for values that are empty or contain a slash; `.` and `..` are
    encoded, too, because they would be path segments.
    """
    ordered = {"job": grouping["job"], **grouping}
    return "/metrics" + "".join(f"/{_segment(name, value)}" for name, value in ordered.items())


def _segment(name: str, value: str) -> str:
    name = _quote(name, safe="", errors="replace")  # sweeping takes labels from the gateway
    if "/" not in value and value not in {"", ".", ".."}:
        return f"{name}/{_quote(value, safe='', errors='replace')}"
    encoded = base64.urlsafe_b64encode(value.encode(errors="replace")).decode().rstrip("=")
    return f"{name}@base64/{encoded or '='}"


class Api(NamedTuple):
    """The API of a kind of gateway.

    Attributes:
        name: its name in messages.
        endings: URL path suffixes that identify it; empty for the default.
        headers: headers of a push, as CRLF-terminated lines.
        replaces: the method that replaces a process's previous push.
        has_groups: whether pushes form groups, which can be deleted and swept.
        adds_up: whether some gateways of this kind aggregate pushes.
        repeatable: whether a POST may be sent twice.
        keeps_samples: whether each push adds samples with their own timestamps.
        target: returns the path and query for a grouping key, relative to the URL's own path.
    """

    name: str
    endings: tuple[str, ...]
    headers: str
    replaces: Literal["PUT", "POST"]
    has_groups: bool
    adds_up: bool
    repeatable: bool
    keeps_samples: bool
    target: Callable[[Mapping[str, str]], str]


_TEXT = f"Content-Type: {CONTENT_TYPE}\r\n"
_PROTOBUF = (
    "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\n"
)

PUSHGATEWAY = Api(
    "a Pushgateway",
    endings=(),
    headers=_TEXT,
    replaces="PUT",
    has_groups=True,
    adds_up=True,
    repeatable=False,
    keeps_samples=False,
    target=grouping_path,
)
IMPORT = Api(
    "VictoriaMetrics' import",
    endings=(IMPORT_PATH,),
    headers=_TEXT,
    replaces="POST",
    has_groups=False,
    adds_up=False,
    repeatable=True,
    keeps_samples=True,
    target=import_query,
)
REMOTE_WRITE = Api(
    "remote write",
    endings=WRITE_PATHS,
    headers=_PROTOBUF,
    replaces="POST",
    has_groups=False,
    adds_up=False,
    repeatable=True,
    keeps_samples=True,
    target=lambda _: "",
)


def api_of(url: str) -> Api:
    """Return the API of the gateway at a URL, chosen by the path's suffix."""
    path = split_url(url).path.rstrip("/")
    return next((api for api in (IMPORT, REMOTE_WRITE) if path.endswith(api.endings)), PUSHGATEWAY)
