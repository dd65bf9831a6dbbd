"""How long tests wait for what must happen.

The limits are generous, because the machine may be busy with other work: they end a test that would hang, and no test
measures time with them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.02


def await_until(settled: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something that happens elsewhere.

    Raises:
        AssertionError: it has not happened.
    """
    until = time.monotonic() + seconds
    while not settled():
        assert time.monotonic() < until, f"it has not happened in {seconds:g} s"
        time.sleep(_LOOK_SECONDS)
