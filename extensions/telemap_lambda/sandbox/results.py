"""What came of a life in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from telemap_lambda.sandbox.delivery import TelemetryCounts


@dataclass(frozen=True)
class InvocationResult:
    """One invocation; `held_seconds` is how long the extension kept the sandbox after the function was done."""

    request_id: str
    held_seconds: float
    failed: bool = False
    reason: str = ""


@dataclass(frozen=True)
class SandboxResult:
    """A whole life.

    Attributes:
        init_seconds: From the extension's start to its first `next`.
        register_seconds: From its start to its registration: this much is added to a cold start in full.
        invocations: One result for each invocation that was made.
        exit_code: The extension's, negative for a signal.
        shutdown_seconds: From SHUTDOWN (or from when it was due) to the exit.
        killed: It did not exit in time, or had not registered for SHUTDOWN.
        telemetry: What was delivered.
        stderr: The extension's output.

    """

    init_seconds: float
    register_seconds: float
    invocations: tuple[InvocationResult, ...]
    exit_code: int
    shutdown_seconds: float
    killed: bool
    telemetry: TelemetryCounts
    stderr: str


@dataclass(frozen=True)
class Step:
    """Progress: a phase has ended.

    `number` of `total` counts invocations; `seconds` is the length of init or of shutdown, or how long the sandbox was
    held in an invocation.
    """

    phase: Literal["init", "invocation", "shutdown"]
    seconds: float
    number: int = 0
    total: int = 0
    failed: bool = False
