"""When a push may begin.

Times are of the system's clock: what the monotonic clock does while a sandbox is frozen is nobody's promise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap_lambda.settings.model import Settings

FAILURES_BEFORE_PAUSE = 3
LONGEST_PAUSE = 60.0

REFUSED_PAUSE = 60.0
"""Seconds until what a gateway has refused as inconsistent (400) is tried again: only people can mend that."""

RARE_GAP = 10.0
"""Mean seconds between invocations from which on they are rare."""

_MAX_DOUBLINGS = 10
"""Beyond the longest pause, and within what a float can hold however long a gateway is down."""


class Pacing:
    """The distance that pushes keep from one another, and from failures.

    Args:
        settings: `push_interval`, `dispatch_min_batch_size`, `flush`.
        now: gives Unix time.

    Attributes:
        failures: failed pushes in a row.
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
        """Take note that an invocation begins, to know how often they come."""
        now = self._now()
        if self._invoked_at is not None:
            self._gap = (self._gap + max(0.0, now - self._invoked_at)) / 2
        self._invoked_at = now

    @property
    def at_end(self) -> bool:
        """Return whether this invocation's own telemetry is to be pushed, once its function is done."""
        return self._mode == "end" or (self._mode == "adaptive" and self._gap >= RARE_GAP)

    def due(self, new_events: int) -> bool:
        """Return whether to push at an invocation, when so many events have come since the last push."""
        return new_events > self._batch_size and self.allows_push()

    def allows_push(self) -> bool:
        """Return whether the last push is long enough ago for one at an invocation."""
        acknowledged_at = self._acknowledged_at
        recent = acknowledged_at is not None and 0 <= self._now() - acknowledged_at < self._interval
        return not recent and self.possible()

    def possible(self) -> bool:
        """Return whether no pause after failures is on."""
        return not 0 < self._not_before - self._now() <= LONGEST_PAUSE

    def succeeded(self) -> None:
        """Take note of an acknowledged push."""
        self.failures = 0
        self._not_before = 0.0
        self._acknowledged_at = self._now()

    def failed(self, retry_after: float = 0.0) -> None:
        """Take note of a failed push: after some in a row, or where the gateway asks for it, pause.

        Args:
            retry_after: seconds that the gateway asks to wait; more than the longest pause is not waited for.
        """
        self.failures += 1
        beyond = self.failures - FAILURES_BEFORE_PAUSE
        pause = 2.0 ** min(beyond, _MAX_DOUBLINGS) if beyond >= 0 else 0.0
        if longest := min(LONGEST_PAUSE, max(pause, retry_after)):
            self._not_before = self._now() + longest

    def refused(self) -> None:
        """Take note of a push that the gateway refused as inconsistent."""
        self.failures += 1
        self._not_before = self._now() + REFUSED_PAUSE
