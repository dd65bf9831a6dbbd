"""What came of a life in the sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from telemap_lambda.sandbox import SandboxResult


def assert_a_good_life(result: SandboxResult) -> None:
    """Check what the extension owes to each function: nothing fails, nobody is kept waiting, the end is in time.

    What it must not wait for takes longer than this allows (see `patience`).
    """
    for invocation in result.invocations:
        assert not invocation.failed, invocation.reason
        assert invocation.held_seconds < PATIENCE_SECONDS, invocation
    assert (result.exit_code, result.killed) == (0, False), result.stderr


def log_of(result: SandboxResult) -> list[str]:
    """Return the messages of the extension's log; it has nothing else in it."""
    return [json.loads(line)["message"] for line in result.stderr.splitlines()]
