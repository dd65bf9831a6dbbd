"""Wait for what happens in another process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def await_until(settled: Callable[[], object], *, seconds: float = 10.0) -> None:
    """Wait for something, but not for long; reading a secret takes a process that imports boto3."""
    until = time.monotonic() + seconds
    while not settled() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.1)
