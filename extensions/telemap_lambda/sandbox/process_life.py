"""The life of an extension process in an execution environment: init, invocations with freezes in between, shutdown."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, NamedTuple

from telemap_lambda.sandbox.agent import Agent
from telemap_lambda.sandbox.cpu_share import CpuShare
from telemap_lambda.sandbox.environment import SNAP_START
from telemap_lambda.sandbox.errors import EnvironmentFailed, SandboxError
from telemap_lambda.sandbox.layer import EXTENSION
from telemap_lambda.sandbox.lifecycle_events import invoke_event, shutdown_event
from telemap_lambda.sandbox.playback import Playback
from telemap_lambda.sandbox.process import ExtensionProcess, extension_environment
from telemap_lambda.sandbox.recording import restored_at
from telemap_lambda.sandbox.results import InvocationResult, LifeResult
from telemap_lambda.sandbox.service import Service
from telemap_lambda.sandbox.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from telemap_lambda.sandbox.environment import Environment
    from telemap_lambda.sandbox.recording import Invocation
    from telemap_lambda.sandbox.results import EndedBy

_LAST_REPORT_SECONDS = 0.01  # Lambda sends the last platform.report about 5 to 20 ms after SHUTDOWN
_LAST_OUTPUT_SECONDS = 5.0  # what an extension that has failed wrote is read by then
_QUOTED_OUTPUT = 2000  # characters of the extension's output in an error
_FROZEN_AFTER_INIT = ("provisioned-concurrency", SNAP_START)


class _Moments(NamedTuple):
    """Monotonic times, in seconds."""

    registered: float = 0.0
    ready: float = 0.0
    shutdown: float = 0.0


class ProcessLife:
    """One process, from start to end.

    Args:
        environment: The execution environment.

    """

    def __init__(self, environment: Environment) -> None:
        self.agent = Agent()
        self.telemetry = Telemetry(environment.conditions)
        self._environment = environment
        self._conditions = environment.conditions
        self._playback = Playback(self.agent, self.telemetry, environment.conditions)
        self._cleanup = contextlib.ExitStack()
        self._moments = _Moments()
        self._results: list[InvocationResult] = []
        self._ended_by: EndedBy | None = None
        self._killed = self._timed_out = False
        self._cleanup.callback(self.telemetry.stop)
        service = Service(self.agent, self.telemetry, environment.function, environment.conditions).start()
        self._cleanup.callback(service.stop)
        variables = extension_environment(
            environment.function, service.address, environment.initialization_type, environment.variables
        )
        share = CpuShare(environment.conditions.cpu_share, quota=environment.conditions.cpu_quota)
        try:
            self.process = ExtensionProcess(
                environment.layer / EXTENSION, variables, share=share, sink=environment.sink, on_exit=self._exited
            )
        except SandboxError:
            share.release()
            self.close()
            raise
        self._cleanup.callback(self.process.close)

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return self._ended_by is not None

    @property
    def init_seconds(self) -> float:
        """Seconds from the start to the first `next`."""
        return self._moments.ready - self.process.started_at

    @property
    def shutdown_at(self) -> float:
        """The monotonic time at which SHUTDOWN was sent or the process was killed; 0 before."""
        return self._moments.shutdown

    @property
    def shutdown_reason(self) -> EndedBy:
        """The SHUTDOWN reason that matches what has happened so far."""
        return "timeout" if self._timed_out else "failure" if self.agent.failure else "spindown"

    def initialise(self, events: Sequence[object]) -> None:
        """Emit init, and wait until the extension asks for its first event.

        Raises:
            EnvironmentFailed: The extension exited, reported an error, or was too slow.

        """
        conditions = self._conditions
        deadline = self.process.started_at + conditions.init_timeout_seconds + conditions.grace_seconds
        restored = restored_at(events) if self._environment.initialization_type == SNAP_START else None
        self._await("register", lambda: self.agent.registration is not None, deadline)
        self._moments = self._moments._replace(registered=time.monotonic())
        if restored is None:
            self._playback.emit(events)
        self._await("ask for its first event", lambda: self.agent.asked_since(0), deadline)
        self._moments = self._moments._replace(ready=self.agent.asked_at[0])
        if self._environment.initialization_type in _FROZEN_AFTER_INIT:
            self._freeze()
        if restored is not None:
            self._restore(events[:restored], events[restored:])

    def invoke(self, invocation: Invocation) -> InvocationResult:
        """Play one invocation, which ends when the extension asks for the next event or fails.

        Its platform.report is emitted then, but delivered only with the next invocation or at shutdown, because Lambda
        freezes the environment in between.
        """
        self._thaw()
        asked = len(self.agent.asked_at)
        conditions = self._conditions
        deadline = time.monotonic() + conditions.function_timeout_seconds + conditions.grace_seconds
        invoked = self.agent.takes("INVOKE")
        self._playback.emit(invocation.before)
        if invoked:
            event = invoke_event(self._environment.function, invocation, conditions.function_timeout_seconds)
            self.agent.send(event)
        done_at = self._playback.play(invocation, asked)
        if invocation.ending in ("timeout", "failure"):
            self._results.append(InvocationResult(invocation.request_id, 0.0, ending=invocation.ending))
            self.shut_down(invocation.ending, invocation.after)
            return self._results[-1]
        if invoked:
            self.agent.wait(lambda: self.agent.asked_since(asked), max(deadline - time.monotonic(), 0))
            self._freeze()
        self._playback.emit(invocation.after)
        self._results.append(self._judge(invocation, done_at, self.agent.asked_at[asked:] if invoked else (done_at,)))
        if invocation.ending is not None and not self._results[-1].failed:
            self.take_away(invocation.ending)
        return self._results[-1]

    def invoke_together(self, invocations: Sequence[Invocation]) -> list[InvocationResult]:
        """Play concurrent invocations, as on managed instances."""
        done_at = self._playback.play_together(invocations)
        results = [self._judge(one, done_at, (done_at,)) for one in invocations]
        self._results += results
        return results

    def shut_down(self, reason: EndedBy, trailing: Iterable[object]) -> None:
        """Send SHUTDOWN, deliver the remaining telemetry, and wait for the exit; kill the extension if it is late.

        Args:
            reason: The SHUTDOWN reason.
            trailing: The events to emit after it.

        """
        self._ended_by = reason  # from now on, an exit is not a crash
        conditions = self._conditions
        began = time.monotonic()
        self._moments = self._moments._replace(shutdown=began)
        if self.agent.takes("SHUTDOWN") and self.process.exit_code is None:
            self.agent.send(shutdown_event(reason, conditions.shutdown_timeout_seconds))
            self.process.thaw()
            self.process.wait(_LAST_REPORT_SECONDS)
            self._playback.emit(trailing)
            self.telemetry.freeze(frozen=False)
            deadline = began + conditions.shutdown_timeout_seconds + conditions.grace_seconds
            while not self.telemetry.flush(_LAST_REPORT_SECONDS) and not self.process.wait(0):
                if time.monotonic() > deadline:
                    break
            self.process.wait(max(deadline - time.monotonic(), 0))
        self._killed = self.process.exit_code is None
        self._cleanup.close()

    def take_away(self, ending: EndedBy) -> None:
        """Kill the process without SHUTDOWN, after refusing `event/next` for a while if `ending` is `refused`."""
        self._ended_by = ending
        self._moments = self._moments._replace(shutdown=time.monotonic())
        if ending == "refused":
            self.agent.refuse()
            self._thaw()
            self.process.wait(self._conditions.shutdown_timeout_seconds)
        self._cleanup.close()

    def result(self) -> LifeResult:
        """Return the result of the life.

        Raises:
            SandboxError: The process has not ended.

        """
        process = self.process
        if self._ended_by is None or process.exit_code is None or process.exited_at is None:
            raise SandboxError("the sandbox was not shut down")
        return LifeResult(
            init_seconds=self.init_seconds,
            register_seconds=self._moments.registered - process.started_at,
            invocations=tuple(self._results),
            ended_by=self._ended_by,
            exit_code=process.exit_code,
            shutdown_seconds=max(process.exited_at - self._moments.shutdown, 0.0),
            killed=self._killed,
            telemetry=self.telemetry.counts,
            reports=self.telemetry.reports,
            usage=process.usage,
            stderr=process.output,
        )

    def pause(self, seconds: float) -> None:
        """Wait between invocations."""
        self._playback.pause(seconds)

    def close(self) -> None:
        """Kill the extension if it is running, and stop servers and threads; may be called again."""
        self._ended_by = self._ended_by or "taken"
        self._cleanup.close()

    def _exited(self, code: int) -> None:
        if self._ended_by is None:
            self.agent.fail(f"extension crashed, exit code {code}")

    def _await(self, what: str, done: Callable[[], bool], deadline: float) -> None:
        if self.agent.wait(done, deadline - time.monotonic()) and self.agent.failure is None:
            return
        if self.agent.failure is not None:
            self.process.wait_for_output(_LAST_OUTPUT_SECONDS)
        reason = self.agent.failure or f"extension did not {what} within {self._conditions.init_timeout_seconds:g} s"
        self.agent.fail(reason)
        output = self.process.output[-_QUOTED_OUTPUT:]
        if not output:
            raise EnvironmentFailed(f"init failed: {reason}")
        raise EnvironmentFailed(f"init failed: {reason}; its output:", *output.removesuffix("\n").split("\n"))

    def _freeze(self) -> None:
        if not self._conditions.freeze or self._conditions.managed:
            return
        self.telemetry.freeze(frozen=True)
        self.process.freeze()
        if self._environment.on_freeze is not None:
            self._environment.on_freeze()

    def _thaw(self) -> None:
        self.process.thaw()
        self.telemetry.freeze(frozen=False)

    def _restore(self, replayed: Sequence[object], events: Sequence[object]) -> None:
        """Restore a snapshot: repeat its init with the old timestamps, then emit the restore (SnapStart)."""
        self._playback.pause(self._conditions.snapshot_seconds)
        self._thaw()
        self._playback.emit(replayed, self._conditions.snapshot_age_seconds)
        self._playback.emit(events)

    def _judge(self, invocation: Invocation, done_at: float, asked_at: Sequence[float]) -> InvocationResult:
        """Return the result of an invocation, given when the extension asked for the next event, if it did."""
        held = max((asked_at[0] if asked_at else time.monotonic()) - done_at, 0.0)
        if not asked_at and self.agent.failure is None:
            self._timed_out = True
            self.agent.fail("timed out because of the extension")
        failure = self.agent.failure
        return InvocationResult(invocation.request_id, held, failure is not None, failure or "", invocation.ending)
