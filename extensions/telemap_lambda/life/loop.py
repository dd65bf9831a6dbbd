"""The extension's life after startup: invocations, pushes, shutdown.

One thread does all the work, taking messages from the inbox. There it also waits for the next event of the Extensions
API and for telemetry. The other threads only wait: for the gateway, and for telemetry that comes slowly.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from telemap_lambda.barrier import INTERNAL_ERROR, attempt
from telemap_lambda.delivery.pushes import PushResult
from telemap_lambda.lambda_api import INVOKE, SHUTDOWN, LambdaApi, LambdaApiError
from telemap_lambda.life.waits import ASK_EARLY, hold_until, last_wait
from telemap_lambda.telemetry.invocations import Invocations, deadline_of, shutdown_deadline_of
from telemap_lambda.telemetry.posts import Telemetry, next_message
from telemap_lambda.world import SteadyClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.store import Store
    from telemap_lambda.delivery.flush import Flush
    from telemap_lambda.log import Log
    from telemap_lambda.recording.recorder import Recorder
    from telemap_lambda.settings.model import Settings
    from telemap_lambda.telemetry.inbox import Inbox, Message
    from telemap_lambda.world import World

_EXIT_EARLY = 0.3
"""Seconds before the shutdown deadline at which all waiting ends."""

_LAST_TURNS = 0.1
"""Seconds of those for telemetry already acknowledged, so that the log can say how many events are lost."""

_OLD_PUSH = 0.05
"""Longest wait for a push in flight when the invocation came. After a thaw its response is there at once, or something
is wrong with it."""

_FIRST_RETRY = 0.05
_LONGEST_RETRY = 1.0
"""Seconds before retrying a refused `event/next`: at once, then after `_FIRST_RETRY`, doubling up to this."""

_LONGEST_REPEAT = 0.2
"""Longest delay before resending, at shutdown, a push that may have arrived: from `_FIRST_RETRY`, doubling."""


class Loop:
    """The main loop.

    Args:
        api: Lambda's API, after registration.
        store: the metrics.
        flush: the pusher.
        inbox: messages from the listener and the pusher.
        settings: the settings, with all timeouts.
        log: the log.
        world: clock and threads.
        subscribed: whether telemetry will arrive.
        snap_start: whether this process may be snapshotted and restored before its first invocation.
        recorder: the recorder of telemetry, if any.
    """

    def __init__(
        self,
        *,
        api: LambdaApi,
        store: Store,
        flush: Flush,
        inbox: Inbox,
        settings: Settings,
        log: Log,
        world: World,
        subscribed: bool,
        snap_start: bool,
        recorder: Recorder | None,
    ) -> None:
        self._api = api
        self._store = store
        self._flush = flush
        self._inbox = inbox
        self._settings = settings
        self._log = log
        self._world = world
        self._now = SteadyClock(world)  # set at each event, so that clock steps prolong no wait
        self._subscribed = subscribed
        self._managed = INVOKE not in api.events
        self._timer = world.monotonic() + settings.flush_interval
        self._invocations = Invocations(self._now)
        self._telemetry = Telemetry(
            store,
            self._invocations,
            flush.count_events,
            log,
            snap_start=snap_start,
            began_at=world.now(),
            recorder=recorder,
        )
        self._met_push = 0
        self._retry = 0.0
        self._ask_at: float | None = None  # when to ask again after a refusal

    def run(self) -> int:
        """Run until SHUTDOWN, and return the exit code."""
        self._ask()
        self._flush.prepare()
        while True:
            message = attempt(self._next_message, self._log)
            if isinstance(message, dict) and message["eventType"] == SHUTDOWN:
                attempt(lambda: self._shut_down(message), self._log)  # noqa: B023 - called at once
                return 0
            attempt(lambda: self._handle(message), self._log)  # noqa: B023 - called at once

    def _next_message(self) -> Message | None:
        """Wait for the next message, or for what is to do without one."""
        due = [self._timer] if self._managed else []
        if self._ask_at is not None:
            due.append(self._ask_at)
        timeout = max(0.0, min(due) - self._world.monotonic()) if due else None
        return next_message(self._inbox, self._telemetry, timeout)

    @property
    def _has_telemetry(self) -> bool:
        self._inbox.arrivals.look()  # what has come by now counts
        return self._telemetry.is_busy or self._inbox.has_telemetry

    def _handle(self, message: Message | None) -> None:
        """Handle a message."""
        if isinstance(message, dict):
            self._retry = 0.0
            try:
                self._invoke(message)
            finally:
                self._ask()
        elif isinstance(message, LambdaApiError):
            self._log.once("next", f"waiting for the next event: {message}")
            self._ask_at = self._world.monotonic() + self._retry
            self._retry = min(_LONGEST_RETRY, 2 * self._retry + _FIRST_RETRY)
            if self._flush.due_by_timer():  # an environment may vanish without a SHUTDOWN
                self._push()
        elif message is not None:
            self._note(message)
        if self._ask_at is not None and self._world.monotonic() >= self._ask_at:
            self._ask_at = None
            self._ask()
        if self._managed and self._world.monotonic() >= self._timer:
            self._timer = self._world.monotonic() + self._settings.flush_interval
            if self._flush.due_by_timer():
                self._push()

    def _note(self, message: Message) -> None:
        """Take in telemetry or the result of a push."""
        if isinstance(message, bytes):
            self._telemetry.put(message)
        elif isinstance(message, PushResult):
            self._flush.take(message)

    def _push(self) -> None:
        """Start pushing the current state."""
        if self._inbox.dropped:
            self._store.counts.dropped["backlog"] = self._inbox.dropped
            self._log.once("backlog", "telemetry arrived faster than it could be applied, and some was dropped")
        self._flush.start()

    def _invoke(self, event: dict[str, Any]) -> None:
        """Push earlier telemetry while the function runs, or push at its end; wait no longer than the hold allows."""
        self._now.set()
        if self._telemetry.waits_for_restore:
            self._flush.start_over()
        began = self._now()
        self._invocations.begin(str(event.get("requestId")))
        self._telemetry.begin()
        self._flush.pacing.note_invocation()
        if not self._flush.pacing.allows_push():
            return
        deadline = deadline_of(event, self._now())

        def until() -> float:
            return hold_until(self._invocations, self._settings.hold, deadline)

        if self._flush.pacing.at_end and self._settings.hold:
            self._wait(
                lambda: self._invocations.done_at is None,
                lambda: deadline - ASK_EARLY if self._invocations.heard_of else until(),
            )
        self._wait(lambda: self._has_telemetry, until)
        if self._flush.busy and self._flush.due():
            self._wait_for_thawed_push(lambda: min(until(), began + _OLD_PUSH))
        if self._flush.busy or not self._flush.due() or not self._flush.ready:
            return
        self._push()
        self._wait(lambda: self._flush.busy, until)

    def _wait_for_thawed_push(self, until: Callable[[], float]) -> None:
        """Wait for a push that was in flight when the sandbox froze, once per push."""
        if self._flush.number != self._met_push:
            self._met_push = self._flush.number
            self._wait(lambda: self._flush.busy, until)

    def _shut_down(self, event: dict[str, Any]) -> None:
        """Wait for the last report, then push everything, within the deadline."""
        self._now.set()
        if self._telemetry.waits_for_restore:
            return
        latest = shutdown_deadline_of(event, self._now()) - _EXIT_EARLY
        began = self._now()
        self._wait(
            lambda: self._subscribed and not self._invocations.last_report_in,
            lambda: min(latest, began + last_wait(self._invocations)),
        )
        half = self._now() + (latest - self._now()) / 2
        self._wait(lambda: self._has_telemetry, lambda: half)
        self._telemetry.end()
        self._settle_running_push(latest)
        self._push()
        deletes = self._flush.deletes
        self._settle_running_push(latest, abandon=deletes or self._flush.repeatable)
        self._repeat_pending_push(latest)
        self._take_the_rest(latest)
        if not self._flush.pacing.failures and self._flush.due_by_timer():
            self._push()
            self._settle_running_push(latest, abandon=self._flush.repeatable)
            self._repeat_pending_push(latest)
        if deletes:
            self._flush.delete()
            self._wait(lambda: self._flush.busy, lambda: latest)
        self._overwrite_late_push(self._flush.delete if deletes else self._push, latest)
        self._flush.end()
        if self._has_telemetry:
            self._log.warning("Lambda ended the sandbox before all telemetry was applied: the rest is lost")

    def _take_the_rest(self, latest: float) -> None:
        """Stop acknowledging telemetry, and apply what came during the push: acknowledged telemetry must be pushed."""
        self._inbox.close()
        self._wait(lambda: self._has_telemetry, lambda: latest + _LAST_TURNS)
        self._telemetry.end()

    def _repeat_pending_push(self, latest: float) -> None:
        """Resend a push that may not have arrived as often as time allows: arriving twice does no harm."""
        pause = _FIRST_RETRY
        while self._flush.pending and (until := self._now() + max(pause, self._flush.asked_to_wait)) < latest:
            self._wait(lambda: True, lambda: until)
            self._push()
            self._settle_running_push(latest)
            pause = min(_LONGEST_REPEAT, 2 * pause)

    def _overwrite_late_push(self, again: Callable[[], None], latest: float) -> None:
        """Push once more after an abandoned push: the gateway may apply it late, over newer data."""
        if self._flush.busy:
            return
        third = latest - (latest - self._now()) / 3
        self._wait(lambda: self._flush.stale, lambda: third)
        if self._flush.overtaken:
            again()
            self._wait(lambda: self._flush.busy, lambda: latest)

    def _settle_running_push(self, latest: float, *, abandon: bool = True) -> None:
        """Wait half of the remaining time for a push in flight; then abandon it, or keep waiting."""
        half = self._now() + (latest - self._now()) / 2
        self._wait(lambda: self._flush.busy, lambda: half)
        if not self._flush.busy:
            return
        if abandon:
            self._flush.abandon()
        else:
            self._wait(lambda: self._flush.busy, lambda: latest)

    def _wait(self, lasting: Callable[[], bool], until: Callable[[], float]) -> None:
        """Process messages while `lasting()` holds, but not past the Unix time `until()`, which may change."""
        while lasting() and (left := until() - self._now()) > 0:
            message = next_message(self._inbox, self._telemetry, left)
            if message is not None:
                self._note(message)

    def _ask(self) -> None:
        """Request the next event, which tells Lambda that the extension is done with the previous one."""
        self._hear(self._api.ask)

    def _hear(self, call: Callable[[], dict[str, Any] | None], file: int = -1) -> None:
        """Make a call about the next event, and queue the event or an error; if nothing has come, wait for it."""
        self._inbox.arrivals.forget(file)
        answers = attempt(lambda: _answers(call), self._log)
        if answers is None:
            answers = [LambdaApiError("event/next", 0, INTERNAL_ERROR)]
        if not answers:
            file = self._api.file
            self._inbox.arrivals.watch(file, partial(self._hear, self._api.take, file))
        for answer in answers:
            self._inbox.put(answer)


def _answers(call: Callable[[], dict[str, Any] | None]) -> list[dict[str, Any] | LambdaApiError]:
    """Return what a call returns or raises; nothing if that is still to come."""
    try:
        event = call()
    except LambdaApiError as error:
        return [error]
    return [] if event is None else [event]
