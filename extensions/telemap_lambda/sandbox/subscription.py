"""Read a subscription, `PUT /2022-07-01/telemetry`, with AWS's checks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SCHEMA_VERSIONS = ("2022-07-01", "2022-12-13", "2025-01-29")
CATEGORIES = ("platform", "function", "extension")
_HOSTS = ("sandbox.localdomain", "sandbox")

# Telemetry API reference, "buffering": minimum, maximum and default.
_BUFFERING = {
    "maxItems": (1000, 10000, 10000),
    "maxBytes": (262144, 1048576, 262144),
    "timeoutMs": (25, 30000, 1000),
}


class SubscriptionError(ValueError):
    """A subscription that AWS answers with 400 `ValidationError`."""


@dataclass(frozen=True)
class Subscription:
    """The categories, the destination and the batch limits."""

    categories: frozenset[str]
    max_items: int
    max_bytes: int
    timeout_seconds: float
    port: int
    path: str


def read_subscription(body: bytes, schema_versions: Collection[str]) -> Subscription:
    """Read the body of a subscription.

    Args:
        body: The JSON text.
        schema_versions: The supported schema versions.

    Raises:
        SubscriptionError: AWS would refuse it.

    """
    try:
        requested = json.loads(body)
    except ValueError as error:
        raise SubscriptionError("body is not JSON") from error
    if not isinstance(requested, dict):
        raise SubscriptionError("body must be an object")
    if requested.get("schemaVersion") not in schema_versions:
        message = f"schemaVersion must be one of {', '.join(schema_versions)}"
        raise SubscriptionError(message)
    types = requested.get("types")
    if not isinstance(types, list) or not types or any(kind not in CATEGORIES for kind in types):
        message = f"types must be some of {', '.join(CATEGORIES)}"
        raise SubscriptionError(message)
    items, size, timeout = _read_buffering(requested.get("buffering", {}))
    port, path = _read_destination(requested.get("destination"))
    return Subscription(frozenset(types), items, size, timeout / 1000, port, path)


def _read_buffering(requested: object) -> list[int]:
    if not isinstance(requested, dict):
        raise SubscriptionError("buffering must be an object")
    return [_within(name, requested.get(name, default), low, high) for name, (low, high, default) in _BUFFERING.items()]


def _within(name: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        message = f"buffering.{name} must be an integer from {low} to {high}"
        raise SubscriptionError(message)
    return value


def _read_destination(requested: object) -> tuple[int, str]:
    destination: Mapping[str, Any] = requested if isinstance(requested, dict) else {}
    if destination.get("protocol") != "HTTP":
        raise SubscriptionError("destination.protocol must be HTTP")  # TCP is not simulated
    try:
        uri = urlsplit(str(destination.get("URI", "")))
        port = uri.port
    except ValueError as error:
        message = f"destination.URI: {error}"
        raise SubscriptionError(message) from error
    if uri.scheme != "http" or uri.hostname not in _HOSTS:
        raise SubscriptionError("destination.URI host must be sandbox.localdomain")
    if port is None or port == 9001:  # the Runtime API's own port
        raise SubscriptionError("destination.URI must have a port other than 9001")
    return port, uri.path or "/"
