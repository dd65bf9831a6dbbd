"""One execution environment of AWS Lambda, played on this machine against a real extension process."""

from __future__ import annotations

import contextlib
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from telemap_lambda.sandbox.agent import Agent, Call
from telemap_lambda.sandbox.delivery import Delivery, Telemetry
from telemap_lambda.sandbox.errors import EnvironmentFailed, SandboxError
from telemap_lambda.sandbox.layer import EXTENSION, assemble
from telemap_lambda.sandbox.lifecycle_events import invoke_event, shutdown_event
from telemap_lambda.sandbox.process import ExtensionProcess, extension_environment
from telemap_lambda.sandbox.recording import Invocation, Recording, stamped
from telemap_lambda.sandbox.results import InvocationResult, SandboxResult, Step
from telemap_lambda.sandbox.service import Function, Rules, Service
from telemap_lambda.sandbox.subscription import SCHEMA_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from typing import Self, TextIO

_LAST_REPORT_SECONDS = 0.01  # the last platform.report comes some 5 to 20 ms after SHUTDOWN
_QUOTED_OUTPUT = 2000  # characters of the extension's output in an error


class Sandbox:
    """An execution environment, from start to shutdown; leaving the context ends all of it.

    Args:
        layer: A folder that is what Lambda sees as /opt; without it one is assembled from what is installed.
        recording: The telemetry to emit.
        environment: The function's variables, such as GATEWAY; they stand over the platform's.
        function_name: The function's name.
        hold_gap_seconds: Pause between the invocations of `run`.
        max_duration_seconds: The longest that a simulated function runs, whatever was recorded.
        function_timeout_seconds: The deadline of an invocation, for the function and the extension together.
        init_timeout_seconds: The deadline of init.
        shutdown_timeout_seconds: From SHUTDOWN to SIGKILL.
        stderr: Where the extension's output is copied to.
        managed: Play managed instances: no INVOKE, no freeze.
        schema_versions: Telemetry schemas that can be subscribed to.
        telemetry_supported: False answers 202 to the subscription, as outside AWS.
        post_timeout_seconds: How long the extension's listener may take to answer a post.

    """

    def __init__(
        self,
        layer: Path | None = None,
        *,
        recording: Recording,
        environment: Mapping[str, str] | None = None,
        function_name: str = "sandbox-function",
        hold_gap_seconds: float = 0.0,
        max_duration_seconds: float = 0.05,
        function_timeout_seconds: float = 3.0,
        init_timeout_seconds: float = 10.0,
        shutdown_timeout_seconds: float = 2.0,
        stderr: TextIO | None = None,
        managed: bool = False,
        schema_versions: Collection[str] = SCHEMA_VERSIONS,
        telemetry_supported: bool = True,
        post_timeout_seconds: float = 1.0,
    ) -> None:
        self.recording = recording
        self._layer = layer
        self._environment = dict(environment or {})
        self._function = Function(function_name)
        self._gap = hold_gap_seconds
        self._max_duration = max_duration_seconds
        self._timeout = function_timeout_seconds
        self._init_timeout = init_timeout_seconds
        self._shutdown_timeout = shutdown_timeout_seconds
        self._sink = stderr
        self._rules = Rules(managed, schema_versions, telemetry_supported)
        self._agent = Agent()
        self._telemetry = Telemetry(post_timeout_seconds=post_timeout_seconds)
        self._cleanup = contextlib.ExitStack()
        self._process: ExtensionProcess | None = None
        self._registered_at = self._ready_at = self._shutdown_at = 0.0  # monotonic, seconds
        self._results: list[InvocationResult] = []
        self._ended = self._killed = self._timed_out = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def calls(self) -> tuple[Call, ...]:
        """The extension's requests, with the monotonic times at which they came."""
        return self._agent.calls

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The extension's subscriptions; `post_raw` of one sends it anything."""
        return self._telemetry.deliveries

    def start(self) -> None:
        """Start the extension, emit the recorded init, and wait until it asks for its first event.

        Raises:
            SandboxError: It cannot be started.
            EnvironmentFailed: It exited, reported an error, or was too slow.

        """
        if self._process is not None:
            raise SandboxError("a sandbox starts once")
        deadline = self._launch().started_at + self._init_timeout
        self._await("register", lambda: self._agent.registration is not None, deadline)
        self._registered_at = time.monotonic()
        self._emit(self.recording.init)
        self._await("ask for its first event", lambda: self._agent.asked_since(0), deadline)
        self._ready_at = self._agent.asked_at[0]

    def invoke(self, invocation: Invocation) -> InvocationResult:
        """Play one invocation: it ends when the extension asks for its next event, or fails.

        Its platform.report is emitted then, and delivered with the next invocation or at shutdown: Lambda freezes the
        environment in between.
        """
        self._running()
        self._telemetry.freeze(frozen=False)
        asked = len(self._agent.asked_at)
        deadline = time.monotonic() + self._timeout
        invoked = self._agent.takes("INVOKE")
        self._emit(invocation.before)
        if invoked:
            self._agent.send(invoke_event(self._function, invocation, self._timeout))
        done_at = self._play(invocation)
        if invoked:
            self._agent.wait(lambda: self._agent.asked_since(asked), max(deadline - time.monotonic(), 0))
            self._telemetry.freeze(frozen=True)
        self._emit(invocation.after)
        result = self._judge(invocation, done_at, self._agent.asked_at[asked:] if invoked else (done_at,))
        self._results.append(result)
        return result

    def shutdown(self, reason: str = "spindown") -> None:
        """Send SHUTDOWN, deliver what is left, and wait for the exit; an extension that is late is killed.

        Args:
            reason: `spindown`, `timeout` or `failure`.

        """
        process = self._running()
        self._ended = True  # from here on an exit is no crash
        self._shutdown_at = time.monotonic()
        if self._agent.takes("SHUTDOWN") and process.exit_code is None:
            self._agent.send(shutdown_event(reason, self._shutdown_timeout))
            process.wait(_LAST_REPORT_SECONDS)
            self._emit(self.recording.trailing)
            self._telemetry.freeze(frozen=False)
            deadline = self._shutdown_at + self._shutdown_timeout
            while not self._telemetry.flush(_LAST_REPORT_SECONDS) and not process.wait(0):
                if time.monotonic() > deadline:
                    break
            process.wait(max(deadline - time.monotonic(), 0))
        self._killed = process.exit_code is None
        process.close()
        self._telemetry.stop()

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
            tell(Step("init", self._ready_at - self._running().started_at))
            self._run_invocations(tell)
            self.shutdown("timeout" if self._timed_out else "failure" if self._agent.failure else "spindown")
            result = self.result()
            tell(Step("shutdown", result.shutdown_seconds, failed=result.killed))
            return result
        finally:
            self.close()

    def result(self) -> SandboxResult:
        """Sum up a life that was shut down.

        Raises:
            SandboxError: It was not.

        """
        process = self._running()
        if process.exit_code is None or process.exited_at is None:
            raise SandboxError("the sandbox was not shut down")
        return SandboxResult(
            init_seconds=self._ready_at - process.started_at,
            register_seconds=self._registered_at - process.started_at,
            invocations=tuple(self._results),
            exit_code=process.exit_code,
            shutdown_seconds=max(process.exited_at - self._shutdown_at, 0.0),
            killed=self._killed,
            telemetry=self._telemetry.counts,
            stderr=process.output,
        )

    def close(self) -> None:
        """Kill the extension if it runs, and end servers and threads; a second time does nothing."""
        self._ended = True
        self._cleanup.close()

    def _launch(self) -> ExtensionProcess:
        if self._layer is None:
            folder = self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="telemap-layer-"))
            self._layer = assemble(Path(folder))
        self._cleanup.callback(self._telemetry.stop)
        service = Service(self._agent, self._telemetry, self._function, self._rules).start()
        self._cleanup.callback(service.stop)
        kind = "lambda-managed-instances" if self._rules.managed else self.recording.initialization_type
        self._process = ExtensionProcess(
            self._layer / EXTENSION,
            extension_environment(self._function, service.address, kind, self._environment),
            sink=self._sink,
            on_exit=self._exited,
        )
        self._cleanup.callback(self._process.close)
        return self._process

    def _exited(self, code: int) -> None:
        if not self._ended:
            self._agent.fail(f"extension crashed, exit code {code}")

    def _running(self) -> ExtensionProcess:
        if self._process is None:
            raise SandboxError("the sandbox was not started")
        return self._process

    def _await(self, what: str, done: Callable[[], bool], deadline: float) -> None:
        if self._agent.wait(done, deadline - time.monotonic()) and self._agent.failure is None:
            return
        reason = self._agent.failure or f"extension did not {what} within {self._init_timeout:g} s"
        self._agent.fail(reason)
        output = self._running().output[-_QUOTED_OUTPUT:]
        message = f"init failed: {reason}" + (f"; its output:\n{output}" if output else "")
        raise EnvironmentFailed(message)

    def _run_invocations(self, tell: Callable[[Step], None]) -> None:
        total = len(self.recording.invocations)
        for number, invocation in enumerate(self.recording.invocations, start=1):
            if number > 1:
                self._pause(self._gap)
            result = self.invoke(invocation)
            tell(Step("invocation", result.held_seconds, number, total, result.failed))
            if result.failed:
                return

    def _play(self, invocation: Invocation) -> float:
        """Emit what the function emits; give the monotonic time at which it was done."""
        *said, last = invocation.events or (None,)
        self._emit(said)
        self._pause(min(invocation.duration_seconds, self._max_duration))
        done_at = time.monotonic()
        self._emit(invocation.events[-1:] if last is not None else ())
        return done_at

    def _judge(self, invocation: Invocation, done_at: float, asked_at: Sequence[float]) -> InvocationResult:
        """Tell how an invocation went by when, if at all, the extension asked for the next event."""
        held = max((asked_at[0] if asked_at else time.monotonic()) - done_at, 0.0)
        if not asked_at and self._agent.failure is None:
            self._timed_out = True
            self._agent.fail("timed out because of the extension")
        failure = self._agent.failure
        return InvocationResult(invocation.request_id, held, failure is not None, failure or "")

    def _pause(self, seconds: float) -> None:
        """Let time pass, but not after the extension has failed."""
        self._agent.wait(lambda: False, seconds)

    def _emit(self, events: Iterable[object]) -> None:
        for event in events:
            self._telemetry.emit(stamped(event, datetime.now(UTC)))
