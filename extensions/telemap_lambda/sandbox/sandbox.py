"""One execution environment of AWS Lambda, played on this machine against real extension processes."""

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
    """An execution environment, from start to shutdown; leaving the context ends all of it.

    It has one process after the other when invocations end them (`Invocation.ending`).

    Args:
        layer: A folder that is what Lambda sees as /opt; without it one is assembled from what is installed.
        recording: The telemetry to emit.
        environment: The function's variables, such as GATEWAY; they stand over the platform's.
        function_name: The function's name.
        stderr: Where the extension's output is copied to.
        on_freeze: Called at each freeze, for instance to drop the gateway's connections.
        conditions: What is done to the extension.
        changes: Single conditions, by name.

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
        """The extension's requests, with the monotonic times at which they came."""
        return tuple(call for life in self._lives for call in life.agent.calls)

    @property
    def registration(self) -> Registration | None:
        """How the process that lives registered."""
        return self._life().agent.registration

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The subscriptions of the process that lives; `post_raw` of one sends it anything, while nothing is frozen."""
        return self._life().telemetry.deliveries

    def footprint(self) -> Footprint:
        """Measure the process that lives."""
        return self._running().footprint()

    def start(self) -> None:
        """Start the extension, emit the recorded init, and wait until it asks for its first event.

        Raises:
            SandboxError: It cannot be started.
            EnvironmentFailed: It exited, reported an error, or was too slow.

        """
        if self._lives:
            raise SandboxError("a sandbox starts once")
        self._begin(self.recording.init)

    def invoke(self, invocation: Invocation) -> InvocationResult:
        """Play one invocation, with a new process where the one before has ended.

        Raises:
            SandboxError: As `start` does, when there is a new process.

        """
        if not self._life().ended:
            return self._life().invoke(invocation)
        self._begin(invocation.before)
        return self._life().invoke(dataclasses.replace(invocation, before=()))

    def shutdown(self, reason: EndedBy = "spindown") -> None:
        """Send SHUTDOWN, deliver what is left, and wait for the exit; an extension that is late is killed.

        Args:
            reason: `spindown`, `timeout` or `failure`.

        """
        if not self._life().ended:
            self._life().shut_down(reason, self.recording.trailing)

    def take_away(self, *, refusing: bool = False) -> None:
        """End the environment without SHUTDOWN.

        Args:
            refusing: Answer the wait for the next event with 403 first, for as long as a shutdown may take.

        """
        self._life().take_away("refused" if refusing else "taken")

    def run(self, on_step: Callable[[Step], None] | None = None) -> SandboxResult:
        """Play the whole recording, and end everything. An invocation that fails is the last one.

        Args:
            on_step: Told of each phase that has ended.

        Raises:
            SandboxError: As `start` does.

        """
        tell = on_step or (lambda _: None)
        try:
            self.start()
            tell(Step("init", self._life().init_seconds))
            self._run_invocations(tell)
            self.shutdown(self._life().why_it_fails)
            result = self.result()
            tell(Step("shutdown", result.shutdown_seconds, failed=result.killed))
            return result
        finally:
            self.close()

    def result(self) -> SandboxResult:
        """Sum up lives that are over.

        Raises:
            SandboxError: One is not.

        """
        self._life()
        return SandboxResult(tuple(life.result() for life in self._lives))

    def close(self) -> None:
        """Kill the extension if it runs, and end servers and threads; a second time does nothing."""
        self._cleanup.close()

    def _begin(self, init: tuple[object, ...]) -> None:
        """Start a process."""
        life = ProcessLife(self._place())
        self._cleanup.callback(life.close)
        self._lives.append(life)
        life.initialise(init)

    def _place(self) -> Environment:
        if self._layer is None:
            folder = self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="telemap-layer-"))
            self._layer = assemble(Path(folder))
        kind = MANAGED_INSTANCES if self._conditions.managed else self.recording.initialization_type
        return Environment(
            self._layer, self._function, self._environment, kind, self._conditions, self._sink, self._on_freeze
        )

    def _life(self) -> ProcessLife:
        if not self._lives:
            raise SandboxError("the sandbox was not started")
        return self._lives[-1]

    def _running(self) -> ExtensionProcess:
        return self._life().process

    def _run_invocations(self, tell: Callable[[Step], None]) -> None:
        total = len(self.recording.invocations)
        for number, result in enumerate(self._results(), start=1):
            tell(Step("invocation", result.held_seconds, number, total, result.failed))
            if result.failed:
                return

    def _results(self) -> Iterator[InvocationResult]:
        """Play invocations one after the other, or as many at once as the conditions say."""
        size = self._conditions.concurrency if self._conditions.managed else 1
        for at in range(0, len(self.recording.invocations), size):
            if at:
                self._life().pause(self._conditions.hold_gap_seconds)
            if size == 1:
                yield self.invoke(self.recording.invocations[at])
            else:
                yield from self._life().invoke_together(self.recording.invocations[at : at + size])
