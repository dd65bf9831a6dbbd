"""Push with prometheus_client, with basic authentication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import push_to_gateway
from prometheus_client.exposition import basic_auth_handler

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client import CollectorRegistry


def push(url: str, registry: CollectorRegistry, grouping: dict[str, str], username: str, password: str) -> None:
    """Replace a group on a gateway."""

    def handler(
        url: str, method: str, timeout: float | None, headers: list[tuple[str, str]], data: bytes
    ) -> Callable[[], None]:
        return basic_auth_handler(url, method, timeout, headers, data, username, password)

    push_to_gateway(url, job="bench", registry=registry, grouping_key=grouping, timeout=5, handler=handler)
