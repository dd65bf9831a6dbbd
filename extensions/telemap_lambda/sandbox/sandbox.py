"""Simulate a Lambda execution environment on this machine, with real extension processes."""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telemap_lambda.sandbox.conditions import Conditions
from telemap_lambda.sandbox.environment import MANAGED_INSTANCES, Environment
from telemap_lambda.sandbox.errors import SandboxError
from telemap_lambda.sandbox.layer import assemble
from telemap_lambda.sandbox.process_life import ProcessLife
from telemap_lambda.sandbox.results import SandboxResult, Step
from telemap_lambda.sandbox.service import Function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Self, TextIO

    from telemap_lambda.sandbox.agent import Call, Registration
    from telemap_lambda.sandbox.delivery import Delivery
    from telemap_lambda.sandbox.process import ExtensionProcess
    from telemap_lambda.sandbox.recording import Invocation, Recording
    from telemap_lambda.sandbox.results import EndedBy, InvocationResult
    from telemap_lambda.sandbox.usage import Footprint


class Sandbox:
    """An execution environment, from start to shutdown; leaving the context cleans everything up.

    If an invocation ends a process (`Invocation.ending`), the next one starts another.

    Args:
        layer: The directory that is /opt in Lambda; by default, one is assembled from the installed packages.
        recording: The telemetry to emit.
        environment: The function's variables, such as GATEWAY; they override the platform's.
        function_name: The function's name.
        stderr: A stream to copy the extension's output to.
        on_freeze: Called at each freeze, for example to drop the gateway's connections.
        conditions: The conditions to impose on the extension.
        changes: Individual conditions, by name.

    """

    def __init__(
        self,
        layer: Path | None = None,
        *,
        recording: Recording,
        environment: Mapping[str, str] | None = None,
        function_name: str = "sandbox-function",
        stderr: TextIO | None = None,
        on_freeze: Callable[[], None] | None = None,
        conditions: Conditions | None = None,
        **changes: Any,
    ) -> None:
        self.recording = recording
        self._conditions = dataclasses.replace(conditions or Conditions(), **changes)
        self._layer = layer
        self._environment = dict(environment or {})
        self._function = Function(function_name)
        self._sink = stderr
        self._on_freeze = on_freeze
        self._cleanup = contextlib.ExitStack()
        self._lives: list[ProcessLife] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def calls(self) -> tuple[Call, ...]:
        """The extension's requests, with the monotonic times of their arrival."""
        return tuple(call for life in self._lives for call in life.agent.calls)

    @property
    def registration(self) -> Registration | None:
        """The registration of the running process."""
        return self.life.agent.registration

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The subscriptions of the running process; while it is not frozen, `post_raw` can send it anything."""
        return self.life.telemetry.deliveries

    def footprint(self) -> Footprint:
        """Measure the running process."""
        return self.process.footprint()

    def start(self) -> None:
        """Start the extension, emit the recorded init, and wait until it asks for its first event.

        Raises:
            SandboxError: The extension cannot be started.
            EnvironmentFailed: The extension exited, reported an error, or was too slow.

        """
        if self._lives:
            raise SandboxError("a sandbox can only be started once")
        self._begin(self.recording.init)

    def invoke(self, invocation: Invocation) -> InvocationResult:
        """Play one invocation, in a new process if the previous one has ended.

        Raises:
            SandboxError: A new process cannot be started; see `start`.

        """
        if not self.life.ended:
            return self.life.invoke(invocation)
        self._begin(invocation.before)
        return self.life.invoke(dataclasses.replace(invocation, before=()))

    def shutdown(self, reason: EndedBy = "spindown") -> None:
        """Send SHUTDOWN, deliver the remaining telemetry, and wait for the exit; kill the extension if it is late.

        Args:
            reason: `spindown`, `timeout` or `failure`.

        """
        if not self.life.ended:
            self.life.shut_down(reason, self.recording.trailing)

    def take_away(self, *, refusing: bool = False) -> None:
        """End the environment without SHUTDOWN.

        Args:
            refusing: First answer requests for the next event with 403, for as long as a shutdown may take.

        """
        self.life.take_away("refused" if refusing else "taken")

    def run(self, on_step: Callable[[Step], None] | None = None) -> SandboxResult:
        """Play the whole recording, and clean everything up. Stop after an invocation that fails.

        Args:
            on_step: Called after each phase.

        Raises:
            SandboxError: See `start`.

        """
        tell = on_step or (lambda _: None)
        try:
            self.start()
            tell(Step("init", self.life.init_seconds))
            self._run_invocations(tell)
            self.shutdown(self.life.shutdown_reason)
            result = self.result()
            tell(Step("shutdown", result.shutdown_seconds, failed=result.killed))
            return result
        finally:
            self.close()

    def result(self) -> SandboxResult:
        """Return the results of all processes.

        Raises:
            SandboxError: A process has not ended.

        """
        _ = self.life
        return SandboxResult(tuple(life.result() for life in self._lives))

    def close(self) -> None:
        """Kill the extension if it is running, and stop servers and threads; may be called again."""
        self._cleanup.close()

    def _begin(self, init: tuple[object, ...]) -> None:
        """Start a process."""
        life = ProcessLife(self._new_environment())
        self._cleanup.callback(life.close)
        self._lives.append(life)
        life.initialise(init)

    def _new_environment(self) -> Environment:
        if self._layer is None:
            folder = self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="telemap-layer-"))
            self._layer = assemble(Path(folder))
        kind = MANAGED_INSTANCES if self._conditions.managed else self.recording.initialization_type
        return Environment(
            self._layer, self._function, self._environment, kind, self._conditions, self._sink, self._on_freeze
        )

    @property
    def life(self) -> ProcessLife:
        """The life of the running process, or of the last one."""
        if not self._lives:
            raise SandboxError("the sandbox was not started")
        return self._lives[-1]

    @property
    def process(self) -> ExtensionProcess:
        """The running process, or the last one."""
        return self.life.process

    def _run_invocations(self, tell: Callable[[Step], None]) -> None:
        total = len(self.recording.invocations)
        for number, result in enumerate(self._results(), start=1):
            tell(Step("invocation", result.held_seconds, number, total, result.failed))
            if result.failed:
                return

    def _results(self) -> Iterator[InvocationResult]:
        """Play the invocations one at a time, or concurrently on managed instances."""
        size = self._conditions.concurrency if self._conditions.managed else 1
        for at in range(0, len(self.recording.invocations), size):
            if at:
                self.life.pause(self._conditions.hold_gap_seconds)
            if size == 1:
                yield self.invoke(self.recording.invocations[at])
            else:
                yield from self.life.invoke_together(self.recording.invocations[at : at + size])
