"""When a push may begin.

Times come from the system clock: the monotonic clock's behaviour while a sandbox is frozen is not specified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap_lambda.settings.model import Settings

FAILURES_BEFORE_PAUSE = 3
LONGEST_PAUSE = 60.0

REFUSED_PAUSE = 60.0
"""Seconds before retrying a push that the gateway refused as inconsistent (400): only people can fix that."""

RARE_GAP = 10.0
"""Mean seconds between invocations at or above which they count as rare."""

_MAX_DOUBLINGS = 10
"""Exceeds the longest pause, yet never overflows a float however long a gateway is down."""


class Pacing:
    """The intervals between pushes and the pauses after failures.

    Args:
        settings: `push_interval`, `dispatch_min_batch_size`, `flush`.
        now: callable that returns the Unix time.

    Attributes:
        failures: number of consecutive failed pushes.
    """

    def __init__(self, settings: Settings, now: Callable[[], float]) -> None:
        self.failures = 0
        self._now = now
        self._interval = settings.push_interval
        self._batch_size = settings.dispatch_min_batch_size
        self._mode = settings.flush
        self._not_before = 0.0
        self._acknowledged_at: float | None = None
        self._invoked_at: float | None = None
        self._gap = 2 * RARE_GAP

    def note_invocation(self) -> None:
        """Record the start of an invocation, to track how often they occur."""
        now = self._now()
        if self._invoked_at is not None:
            self._gap = (self._gap + max(0.0, now - self._invoked_at)) / 2
        self._invoked_at = now

    @property
    def at_end(self) -> bool:
        """Return whether to push this invocation's own telemetry once its function is done."""
        return self._mode == "end" or (self._mode == "adaptive" and self._gap >= RARE_GAP)

    def due(self, new_events: int) -> bool:
        """Return whether to push at an invocation, given the number of events since the last push."""
        return new_events > self._batch_size and self.allows_push()

    def allows_push(self) -> bool:
        """Return whether enough time has passed since the last push to push at an invocation."""
        acknowledged_at = self._acknowledged_at
        recent = acknowledged_at is not None and 0 <= self._now() - acknowledged_at < self._interval
        return not recent and self.possible()

    def possible(self) -> bool:
        """Return whether no pause after failures is in effect."""
        return not 0 < self._not_before - self._now() <= LONGEST_PAUSE

    def succeeded(self) -> None:
        """Record an acknowledged push."""
        self.failures = 0
        self._not_before = 0.0
        self._acknowledged_at = self._now()

    def failed(self, retry_after: float = 0.0) -> None:
        """Record a failed push; pause after several in a row, or if the gateway asks for it.

        Args:
            retry_after: seconds the gateway asks to wait, capped at the longest pause.
        """
        self.failures += 1
        beyond = self.failures - FAILURES_BEFORE_PAUSE
        pause = 2.0 ** min(beyond, _MAX_DOUBLINGS) if beyond >= 0 else 0.0
        if longest := min(LONGEST_PAUSE, max(pause, retry_after)):
            self._not_before = self._now() + longest

    def refused(self) -> None:
        """Record a push that the gateway refused as inconsistent."""
        self.failures += 1
        self._not_before = self._now() + REFUSED_PAUSE
