"""What came of lives in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from telemap_lambda.sandbox.ledger import Reports, TelemetryCounts

if TYPE_CHECKING:
    from telemap_lambda.sandbox.recording import Ending
    from telemap_lambda.sandbox.usage import Usage

EndedBy: TypeAlias = "Literal['spindown'] | Ending"


@dataclass(frozen=True)
class InvocationResult:
    """One invocation.

    Attributes:
        request_id: Its id.
        held_seconds: How long the extension kept the sandbox after the function was done; 0 when the platform ended
            the invocation.
        failed: It failed because of the extension.
        reason: Why it failed.
        ending: How the process ended with it, if it did.

    """

    request_id: str
    held_seconds: float
    failed: bool = False
    reason: str = ""
    ending: Ending | None = None


@dataclass(frozen=True)
class LifeResult:
    """The life of one process.

    Attributes:
        init_seconds: From the extension's start to its first `next`.
        register_seconds: From its start to its registration: this much is added to a cold start in full.
        invocations: One result for each invocation that was made.
        ended_by: The reason of SHUTDOWN, or `taken` or `refused` where there was none.
        exit_code: The extension's, negative for a signal.
        shutdown_seconds: From SHUTDOWN (or from when it was due) to the exit.
        killed: SHUTDOWN was due, and it had not exited in time, or had not registered for it.
        telemetry: What was delivered.
        reports: What the reports that were delivered add up to.
        usage: Memory and CPU time.
        stderr: The extension's output.

    """

    init_seconds: float
    register_seconds: float
    invocations: tuple[InvocationResult, ...]
    ended_by: EndedBy
    exit_code: int
    shutdown_seconds: float
    killed: bool
    telemetry: TelemetryCounts
    reports: Reports
    usage: Usage
    stderr: str

    @property
    def taken_away(self) -> bool:
        """Whether the platform ended it without SHUTDOWN; its exit code says nothing then."""
        return self.ended_by in ("taken", "refused")


@dataclass(frozen=True)
class SandboxResult:
    """All lives of an environment, of which there is one unless an invocation ended a process."""

    lives: tuple[LifeResult, ...]

    @property
    def init_seconds(self) -> float:
        """From the first start to the first `next`."""
        return self.lives[0].init_seconds

    @property
    def register_seconds(self) -> float:
        """From the first start to the registration."""
        return self.lives[0].register_seconds

    @property
    def invocations(self) -> tuple[InvocationResult, ...]:
        """One result for each invocation that was made."""
        return tuple(invocation for life in self.lives for invocation in life.invocations)

    @property
    def exit_code(self) -> int:
        """The first exit code that is not 0; processes that were taken away do not count."""
        return next((life.exit_code for life in self.lives if life.exit_code and not life.taken_away), 0)

    @property
    def shutdown_seconds(self) -> float:
        """The longest time from SHUTDOWN to the exit."""
        return max(life.shutdown_seconds for life in self.lives)

    @property
    def killed(self) -> bool:
        """Whether a process did not exit in time after SHUTDOWN."""
        return any(life.killed for life in self.lives)

    @property
    def telemetry(self) -> TelemetryCounts:
        """What was delivered."""
        return sum((life.telemetry for life in self.lives), TelemetryCounts())

    @property
    def reports(self) -> Reports:
        """What the reports that were delivered add up to."""
        return sum((life.reports for life in self.lives), Reports())

    @property
    def stderr(self) -> str:
        """The output of all processes."""
        return "".join(life.stderr for life in self.lives)


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
