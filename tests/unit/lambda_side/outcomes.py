"""What came of a life in the sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap_lambda.sandbox import SandboxResult

SECONDS_OF_SHUTDOWN = 2.0
HOLD_SECONDS = 0.2
NOISE_SECONDS = 0.05
"""What is measured is when the request for the next event was read by the busy process of the tests, not when it was
made."""


def assert_a_good_life(result: SandboxResult, *, hold: float = HOLD_SECONDS) -> None:
    """Check what the extension owes to each function: nothing fails, nothing is held for long, the end is in time."""
    for invocation in result.invocations:
        assert not invocation.failed, invocation.reason
        assert invocation.held_seconds < hold + NOISE_SECONDS, invocation
    assert (result.exit_code, result.killed) == (0, False), result.stderr
    assert result.shutdown_seconds < SECONDS_OF_SHUTDOWN


def log_of(result: SandboxResult) -> list[str]:
    """Return the messages of the extension's log; it has nothing else in it."""
    return [json.loads(line)["message"] for line in result.stderr.splitlines()]
