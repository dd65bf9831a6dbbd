"""Lambda: it starts processes, invokes, posts telemetry, freezes and shuts down, as the script says."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from simulation.hub import Where, cancel
from simulation.invariants import check_fresh, check_hold, check_pending, check_refused, slack_of
from simulation.script import (
    Invoke,
    Kill,
    Post,
    RefuseNext,
    Reset,
    Rotate,
    Script,
    Shutdown,
    Stall,
    Step,
    StepClock,
    Sweep,
)
from simulation.truth import Event, make_event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulation.gateways import Outside
    from simulation.hub import Hub, Task, Tell
    from simulation.process import Process

_BUFFERED = 0.025
"""Seconds for which Lambda keeps telemetry before it posts it."""

_SHUTDOWN_SECONDS = 2.0
_NEVER = 1e9
_DEFAULT = Post()
_EPOCH = date(1970, 1, 1)


class Invocation:
    """One invocation, as Lambda sees it."""

    def __init__(self, number: int, began: float, step: Invoke) -> None:
        self.id = f"request-{number}"
        self.began = began
        self.limit = step.limit
        self.done_at = 0.0
        self.tells_end = step.tells_end
        self.asked_at = 0.0
        self.frozen_before = 0.0
        self.events_before = 0
        self.pushes_before = 0
        self.in_flight_before = 0.0
        self.is_met = False


class Platform:
    """Lambda, for one sandbox.

    Args:
        hub: the clock.
        script: what happens.
        outside: the gateway.
        start: starts a process of the extension.
        tell: takes the story, a line at a time.

    Attributes:
        wrong: what was not as it should be.
        process: the process that runs, or ran last.
        processes: all of the sandbox.
        done: whether the life is over.
    """

    def __init__(
        self,
        hub: Hub,
        script: Script,
        outside: Outside,
        start: Callable[[Platform], Process],
        tell: Tell,
    ) -> None:
        self.hub = hub
        self.setup = script.setup
        self.outside = outside
        self.wrong: list[str] = []
        self.process: Process
        self.processes: list[Process] = []
        self.done = False
        self.invocation: Invocation | None = None
        self._script = script
        self._start = start
        self._tell = tell
        self._posts = iter(script.posts)
        self._events = 0
        self._invocations = 0
        self._buffer: list[Event] = []
        self._waiting: Task | None = None
        self._unreported: str | None = None
        self._previous_began = 0.0
        self._before_next: list[Stall | StepClock] = []
        self._of_snapshot = False
        self._snapshot_events: list[Event] = []

    @property
    def managed(self) -> bool:
        """Return whether this is a managed instance, which is never frozen, and has no INVOKE."""
        return self.setup.start == "lambda-managed-instances"

    def run(self) -> None:
        """Play the script."""
        self._of_snapshot = self.setup.start == "snap-start"
        self._init()
        for step in self._script.steps:
            self._take(step)
        if not self.process.has_ended:
            self._kill()
        self.done = self.hub.has_stopped = True

    def _take(self, step: Step) -> None:
        match step:
            case Invoke():
                self._invoke(step)
            case Reset(reason, seconds):
                self._reset(reason, seconds)
            case Kill(after):
                self.hub.sleep(after)
                self._tell("Lambda kills the processes")
                self._kill()
                self._init()
            case Stall() | StepClock():
                self._before_next.append(step)
            case Rotate(lag):
                self._rotate(lag)
            case RefuseNext(times):
                self.process.refusals = times
            case Sweep():
                self._tell("telemap sweep runs")
                self.outside.receiver.sweep(self.hub.now)
            case Shutdown(last_post):
                self._shut_down("spindown", last_post)

    def asked(self) -> None:
        """Take note that the process asks for its next event."""
        invocation, self.invocation = self.invocation, None
        if invocation is not None:
            self.wrong += check_hold(self.process, invocation)
            self.wrong += check_fresh(self.process, invocation)
        self.poke()

    def refused(self, process: Process, events: list[Event]) -> None:
        """Take note of events that a process did not take."""
        self._tell("{} events are not taken", len(events))
        new = [event for event in events if event.number not in process.ledger.acknowledged]
        last = f"request-{self._invocations}"
        is_last = any(event.kind == "platform.report" and event.request_id == last for event in new)
        if new:
            self.wrong += check_refused(process, has_last_report=is_last)

    def taken(self, process: Process) -> None:
        """Take note that a process has taken a post."""
        self.wrong += check_pending(process)

    def poke(self) -> None:
        """Look again at what is waited for: the process has asked for the next event, or has ended."""
        task, self._waiting = self._waiting, None
        if task:
            self.hub.wake(task)

    def _await(self, ready: Callable[[], bool], seconds: float) -> bool:
        end = self.hub.now + seconds
        task = self.hub.current()
        assert task is not None
        while not ready() and self.hub.now < end:
            self._waiting = task
            timer = self.hub.at(end, self.poke, Where.OUTSIDE)
            self.hub.block()
            cancel(timer)
        return ready()

    # --- phases

    def _init(self) -> None:
        self._snapshot_events = []
        self._buffer = []
        self._unreported = None
        self._tell("Lambda starts a process, {}", self.setup.start)
        self.process = self._start(self)
        self.processes.append(self.process)
        self._emit("platform.initStart")
        self.hub.sleep(self.setup.init)
        self._emit("platform.initRuntimeDone", "success")
        self._emit("platform.initReport", "success")
        if not self._await(lambda: self.process.asks, _NEVER):
            self.wrong.append("HOLD: the process never asks for its first event")
        self.hub.sleep(0.05)
        if not self.managed:
            self.hub.freeze()
        if self.setup.start == "provisioned-concurrency":
            self.hub.sleep(300.0)

    def _restore(self) -> None:
        """Restore the snapshot, hours later; what the sandbox posted before comes again."""
        self.hub.sleep(100_000.0)
        self._of_snapshot = False
        self._tell("Lambda restores the snapshot")
        for event in self._snapshot_events:
            self._buffer_event(event)
        self._emit("platform.restoreStart")
        self._emit("platform.restoreReport", "success")

    def _thaw(self, delay: float = 0.0) -> None:
        if self.hub.frozen:
            self._tell("Lambda thaws the sandbox")
            self.hub.thaw(delay)
        if self._of_snapshot:
            self._restore()

    def _invoke(self, step: Invoke) -> None:
        if self.managed:
            self.hub.spawn(lambda: self._request(step), outside=True)
            self.hub.sleep(min(step.gap, 1.0))
            return
        invocation = self._begin(step)
        self._function(invocation, step)
        self._tell("the function is done with {}", invocation.id)
        self._finish(invocation, step)

    def _begin(self, step: Invoke) -> Invocation:
        self._thaw(step.thaw_delay)
        self._report()
        self._invocations += 1
        process = self.process
        invocation = self.invocation = Invocation(self._invocations, self.hub.now, step)
        ledger = process.ledger
        invocation.frozen_before = self.hub.frozen_seconds
        invocation.events_before = len(ledger.acknowledged) - ledger.seen_by_push
        invocation.pushes_before = len(ledger.pushes)
        invocation.in_flight_before = max(self.outside.in_flight.values(), default=0.0)
        last = ledger.pushes[-1] if ledger.pushes else None
        invocation.is_met = last is not None and last.began < self._previous_began
        self._previous_began = invocation.began
        for change in self._before_next:
            self._change(change, invocation)
        self._before_next.clear()
        self._tell("Lambda invokes {}", invocation.id)
        deadline = (self.hub.now + self.hub.offset + step.limit) * 1000
        process.answer({"eventType": "INVOKE", "requestId": invocation.id, "deadlineMs": deadline})
        self._emit("platform.start", request_id=invocation.id)
        return invocation

    def _function(self, invocation: Invocation, step: Invoke) -> None:
        self.hub.sleep(step.seconds / 2)
        for _ in range(step.logs):
            self._emit("function")
            if step.burst:
                self._flush()
        self.hub.sleep(step.seconds / 2)
        invocation.done_at = self.hub.now
        if step.tells_end:
            self._end_of(invocation, "success")

    def _end_of(self, invocation: Invocation, status: str) -> None:
        self._emit("platform.runtimeDone", status, invocation.id, self.hub.now - invocation.began)

    def _finish(self, invocation: Invocation, step: Invoke) -> None:
        deadline = invocation.began + step.limit
        if not self._await(lambda: self.process.asks, deadline - self.hub.now + slack_of(self.process)):
            if self.process.refused_at < invocation.began and not self.process.clock_stepped:
                self.wrong.append(f"HOLD: {invocation.id} is held until its deadline")
            self._await(lambda: self.process.asks, _NEVER)
        self._unreported = invocation.id
        if step.linger:
            self._report()
            self.hub.sleep(step.linger)
        self._tell("Lambda freezes the sandbox")
        self.hub.freeze()
        self.hub.sleep(step.gap)

    def _report(self) -> None:
        if self._unreported:
            self._emit("platform.report", "success", self._unreported, 0.0015)
            self._unreported = None

    def _request(self, step: Invoke) -> None:
        """Serve a request on a managed instance, beside others."""
        process = self.process
        self._invocations += 1
        request_id = f"request-{self._invocations}"
        self._emit("platform.start", request_id=request_id)
        for _ in range(step.logs):
            self._emit("function")
        self.hub.sleep(step.seconds)
        if process is self.process and not process.has_ended:
            self._emit("platform.report", "success", request_id, 0.0015)

    def _reset(self, reason: str, seconds: float) -> None:
        if self.managed:
            self._shut_down(reason, 0.02)
            self._init()
            return
        step = Invoke(seconds, limit=seconds + 1.0)
        invocation = self._begin(step)
        self.hub.sleep(seconds)
        self._tell("the runtime ends: {}", reason)
        invocation.done_at = self.hub.now
        self._end_of(invocation, reason)
        self._unreported = invocation.id
        self._await(lambda: self.process.asks, 1.0)
        self._shut_down(reason, 0.01)
        self._of_snapshot = False
        self._init()

    def _shut_down(self, reason: str, last_post: float) -> None:
        process = self.process
        self._before_next.clear()
        if self.hub.frozen:
            self._tell("Lambda thaws the sandbox")
            self.hub.thaw()
        self._tell("Lambda shuts down: {}", reason)
        process.shutdown_at = began = self.hub.now
        process.report_due = self._unreported is not None
        process.healthy_before = not process.ledger.trouble
        deadline = (began + self.hub.offset + _SHUTDOWN_SECONDS) * 1000
        process.answer({"eventType": "SHUTDOWN", "shutdownReason": reason, "deadlineMs": deadline})
        self.hub.sleep(last_post)
        self._report()
        self._flush()
        if not self._await(lambda: process.has_ended, began + _SHUTDOWN_SECONDS - self.hub.now):
            self.wrong.append("EXIT: the process is killed at the end of its shutdown")
            self._kill()

    def _kill(self) -> None:
        process = self.process
        process.was_killed = True
        while self.hub.frozen:
            self.hub.thaw()
        self.hub.at(self.hub.now, process.kill, Where.OUTSIDE)
        self.hub.sleep(0.0)

    def _change(self, change: Stall | StepClock, invocation: Invocation) -> None:
        hub = self.hub
        if isinstance(change, StepClock):

            def step() -> None:
                hub.offset += change.seconds
                hub.steps_back += change.seconds < 0
                self._tell("the clock steps by {:g} s", change.seconds)

            self.process.clock_stepped = True
            hub.at(hub.now + change.after, step, Where.OUTSIDE)
            return

        def stall() -> None:
            if hub.frozen or self.invocation is not invocation:
                return
            self._tell("the sandbox gets no processor for {:g} s", change.seconds)
            hub.freeze(is_stall=True)
            hub.at(hub.now + change.seconds, hub.thaw, Where.OUTSIDE)

        hub.at(hub.now + change.after, stall, Where.OUTSIDE)

    def _rotate(self, lag: float) -> None:
        number = len(self.outside.secrets)
        self.outside.password = password = f"s3cr3t-{number}"
        self.outside.secrets.add(password)
        self._tell("the gateway's credentials change")

        def follow() -> None:
            self.outside.secret = password

        if lag:
            self.hub.at(self.hub.now + lag, follow, Where.OUTSIDE)
        else:
            follow()

    # --- telemetry

    def _emit(self, kind: str, status: str = "", request_id: str = "", seconds: float = 0.0) -> None:
        self._events += 1
        event = make_event(self._events, kind, _shown(self.hub.now + self.hub.offset), status, request_id, seconds)
        if self._of_snapshot:
            self._snapshot_events.append(event)
        self._buffer_event(event)

    def _buffer_event(self, event: Event) -> None:
        if not self._buffer:
            process = self.process

            def post() -> None:
                if process is self.process:
                    self._flush()

            self.hub.at(self.hub.now + _BUFFERED, post, Where.OUTSIDE)
        self._buffer.append(event)

    def _flush(self) -> None:
        """Post what is buffered."""
        events, self._buffer = self._buffer, []
        if not events:
            return
        post = next(self._posts, _DEFAULT)
        body = b"[" + b",".join(event.body for event in events) + b"]"
        middle = len(body) - 3  # behind what no other post has, as in the long records that Lambda cuts
        match post.fate:
            case "lost":
                self._tell("Lambda loses {} events", len(events))
            case "cut":
                self._post([(body[:middle], []), (body[middle:], events)], post.delay)
            case "half lost":
                self._post([(body[:middle], [])], post.delay, broken=1, half=events)
            case "malformed":
                self._post([(b"[1, 2", []), (body, events)], post.delay, broken=1)
            case _:
                self._post([(body, events)], post.delay)
                if post.fate == "twice":
                    self._post([(body, events)], post.delay + 0.05)

    def _post(
        self, parts: list[tuple[bytes, list[Event]]], delay: float, broken: int = 0, half: Sequence[Event] = ()
    ) -> None:
        process = self.process
        repeated = self._snapshot_events
        of_snapshot = self._of_snapshot or (
            bool(repeated) and any(event in repeated for _, events in parts for event in events)
        )

        def serve() -> None:
            for body, events in parts:
                process.take(body, events, of_snapshot=of_snapshot, broken=0 if events else broken, half=half)

        self.hub.at(self.hub.now + delay, lambda: self.hub.spawn(serve), Where.ARRIVAL)


@lru_cache(maxsize=1)  # log lines come at once
def _shown(moment: float) -> str:
    """Return a Unix time as Lambda shows it."""
    days, milliseconds = divmod(round(moment * 1e6) // 1000, 86_400_000)
    seconds, milliseconds = divmod(milliseconds, 1000)
    return f"{_day(days)}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}Z"


@lru_cache(maxsize=16)
def _day(days: int) -> str:
    return (_EPOCH + timedelta(days)).isoformat()
