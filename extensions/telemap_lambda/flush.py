"""Decide when to push, and keep count of what became of pushes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from telemap_lambda.pusher import SUCCESS, Pusher, PushResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap.exposition import Renderer
    from telemap.store.own_metrics import OwnMetrics
    from telemap_lambda.log import Log
    from telemap_lambda.settings import Settings

FAILURES_BEFORE_PAUSE = 3
LONGEST_PAUSE = 60.0

_MOST_DOUBLINGS = 10
"""Beyond the longest pause, and within what a float can hold however long a gateway is down."""


class Flush:
    """The pushes of one process.

    Args:
        settings: when to push, and where.
        grouping: the grouping key.
        renderer: gives the text to push.
        own: counts pushes.
        report: takes results, in the pusher's thread; they come back here by `take`.
        log: says when pushing begins to fail, and when it works again.

    Attributes:
        busy: whether a push is under way.
    """

    def __init__(
        self,
        settings: Settings,
        grouping: Mapping[str, str],
        renderer: Renderer,
        own: OwnMetrics,
        report: Callable[[PushResult], None],
        log: Log,
    ) -> None:
        self.busy = False
        self._settings = settings
        self._renderer = renderer
        self._own = own
        self._log = log
        self._grouping = grouping
        self._report = report
        self._pusher: Pusher | None = None
        self._number = 0
        self._new_events = 0
        self._events_in_push = 0
        self._acknowledged_at: float | None = None
        self._failures = 0
        self._resume_at = 0.0

    def prepare(self) -> None:
        """Load what a push needs, in the background."""
        if self._pusher is None:
            self._pusher = Pusher(self._settings, self._grouping, self._report, self._log)

    def count_events(self, number: int) -> None:
        """Take note of telemetry that was applied."""
        self._new_events += number

    def due(self) -> bool:
        """Tell whether to push at an invocation."""
        now = time.monotonic()
        recent = self._acknowledged_at is not None and now - self._acknowledged_at < self._settings.push_interval
        enough = self._new_events > self._settings.dispatch_min_batch_size
        return enough and not recent and self._possible()

    def due_by_timer(self) -> bool:
        """Tell whether to push when the timer of managed instances says so."""
        return self._new_events > 0 and self._possible()

    def _possible(self) -> bool:
        return not self.busy and time.monotonic() >= self._resume_at

    def start(self) -> None:
        """Begin a push of all series as they are now."""
        self.prepare()
        assert self._pusher is not None  # noqa: S101 - prepare has made it
        self.busy = True
        self._number += 1
        self._events_in_push = self._new_events
        self._pusher.push(self._number, self._renderer.render())

    def abandon(self) -> None:
        """Give up a push that hangs; the next one gets a connection of its own."""
        self.take(PushResult(self._number, "failure", self._settings.push_timeout, "it took too long"))
        self._pusher = Pusher(self._settings, self._grouping, self._report, self._log, self._pusher)

    def end(self) -> None:
        """Say what is lost, when the last push was not acknowledged."""
        if self.busy or self._failures:
            self._log.warning(
                f"the last push was not acknowledged: {self._new_events} events may be lost to the gateway"
            )

    def take(self, result: PushResult) -> None:
        """Take note of what became of a push."""
        if result.number != self._number or not self.busy:
            return  # of one that was abandoned
        self.busy = False
        self._log.debug(f"push {result.number}: {result.outcome} after {result.seconds * 1000:.0f} ms")
        self._own.count_push(result.outcome, result.seconds, time.time())
        if result.outcome == SUCCESS:
            self._succeeded()
        else:
            self._failed(result.reason)

    def _succeeded(self) -> None:
        if self._failures:
            self._log.warning("pushing works again")
        self._failures = 0
        self._resume_at = 0.0
        self._new_events -= self._events_in_push
        self._acknowledged_at = time.monotonic()

    def _failed(self, reason: str) -> None:
        self._failures += 1
        if self._failures == 1:
            self._log.warning(f"a push failed, the next one is to repair it: {reason}")
        beyond = self._failures - FAILURES_BEFORE_PAUSE
        if beyond >= 0:
            self._resume_at = time.monotonic() + min(LONGEST_PAUSE, 2.0 ** min(beyond, _MOST_DOUBLINGS))
