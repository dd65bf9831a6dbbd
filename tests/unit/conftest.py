"""Connections to gateways that are closed after the test."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from patience import PATIENCE_SECONDS

from telemap.push import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

GROUPING = {"job": "orders", "instance": "i-1"}


@pytest.fixture
def gateway_at(_integration: None) -> Iterator[Callable[..., Gateway]]:
    """Return a function that makes a gateway of a URL, and perhaps a grouping key and options."""
    with contextlib.ExitStack() as gateways:

        def make(url: str, grouping: Mapping[str, str] | None = None, **options: Any) -> Gateway:
            gateway = Gateway(url, grouping or GROUPING, **{"timeout": PATIENCE_SECONDS, **options})
            return gateways.enter_context(gateway)

        yield make
