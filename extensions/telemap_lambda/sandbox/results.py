"""The results of a run of the sandbox."""

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
    """The result of an invocation.

    Attributes:
        request_id: The request id.
        held_seconds: How long the extension held the sandbox after the function had finished; 0 if the platform ended
            the invocation.
        failed: Whether it failed because of the extension.
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
    """The result of a process's life.

    Attributes:
        init_seconds: Time from the extension's start to its first `next`.
        register_seconds: Time from its start to its registration, which is added to a cold start in full.
        invocations: One result per invocation.
        ended_by: The SHUTDOWN reason, or `taken` or `refused` without SHUTDOWN.
        exit_code: The extension's exit code, negative for a signal.
        shutdown_seconds: Time from SHUTDOWN (or from when it was due) to the exit.
        killed: Whether it had to be killed: it did not exit in time, or had not registered for SHUTDOWN.
        telemetry: Counts of delivered telemetry.
        reports: The sum of the delivered reports.
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
        """Whether the platform ended the process without SHUTDOWN; its exit code is then meaningless."""
        return self.ended_by in ("taken", "refused")


@dataclass(frozen=True)
class SandboxResult:
    """The results of all processes of an environment: one, unless an invocation ended a process."""

    lives: tuple[LifeResult, ...]

    @property
    def init_seconds(self) -> float:
        """Seconds from the first start to the first `next`."""
        return self.lives[0].init_seconds

    @property
    def register_seconds(self) -> float:
        """Seconds from the first start to the registration."""
        return self.lives[0].register_seconds

    @property
    def invocations(self) -> tuple[InvocationResult, ...]:
        """One result per invocation."""
        return tuple(invocation for life in self.lives for invocation in life.invocations)

    @property
    def exit_code(self) -> int:
        """The first exit code that is not 0, ignoring processes that were removed without SHUTDOWN."""
        return next((life.exit_code for life in self.lives if life.exit_code and not life.taken_away), 0)

    @property
    def shutdown_seconds(self) -> float:
        """The longest time from SHUTDOWN to an exit, in seconds."""
        return max(life.shutdown_seconds for life in self.lives)

    @property
    def killed(self) -> bool:
        """Whether any process did not exit in time after SHUTDOWN."""
        return any(life.killed for life in self.lives)

    @property
    def telemetry(self) -> TelemetryCounts:
        """Counts of delivered telemetry."""
        return sum((life.telemetry for life in self.lives), TelemetryCounts())

    @property
    def reports(self) -> Reports:
        """The sum of the delivered reports."""
        return sum((life.reports for life in self.lives), Reports())

    @property
    def stderr(self) -> str:
        """The output of all processes."""
        return "".join(life.stderr for life in self.lives)


@dataclass(frozen=True)
class Step:
    """A finished phase, for progress displays.

    `number` and `total` count invocations. `seconds` is the duration of init or shutdown, or how long an invocation was
    held.
    """

    phase: Literal["init", "invocation", "shutdown"]
    seconds: float
    number: int = 0
    total: int = 0
    failed: bool = False
