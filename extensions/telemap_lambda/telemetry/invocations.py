"""Track invocations by their events: which are done, and which reports are outstanding."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from telemap.numbers import finite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_REMEMBERED_REPORTS = 64
"""Number of reports remembered, in case an earlier post arrives later."""

_MAX_UNREPORTED = 1000
"""Maximum number of outstanding reports; a managed instance runs a few dozen invocations at once."""

_LONGEST_INVOCATION = 900.0
"""Lambda's maximum function timeout, in seconds."""

_SHUTDOWN_SECONDS = 2.0
"""Time Lambda gives extensions to shut down, in seconds."""

_LONGEST_ID = 128
"""Maximum length of a request ID; Lambda's are UUIDs."""


class Invocations:
    """The state of invocations that have begun.

    Args:
        now: a function that returns the Unix time.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._current = ""
        self._done = ("", 0.0)
        self._unreported: dict[str, None] = {}
        self._reported: deque[str] = deque(maxlen=_REMEMBERED_REPORTS)
        self._heard_of = ""
        self._begun_at = 0.0
        self._longest = 0.0
        self._end_missed = False

    @property
    def heard_of(self) -> bool:
        """Return whether telemetry of the current invocation has arrived, and no invocation's end was ever missing."""
        return self._heard_of == self._current and not self._end_missed

    @property
    def done_by(self) -> float:
        """Return the Unix time by which the function has most likely finished the current invocation.

        This is the time telemetry reports, or else the start plus the longest reported duration. If telemetry does not
        report ends, or has not mentioned this invocation, it is the start.
        """
        if self.done_at is not None:
            return self.done_at
        return self._begun_at + (self._longest if self.heard_of else 0.0)

    @property
    def done_at(self) -> float | None:
        """Return the Unix time at which the function finished the current invocation, or None if unknown."""
        request_id, moment = self._done
        return moment if request_id == self._current else None

    @property
    def report_awaited(self) -> bool:
        """Return whether the report of any invocation is outstanding."""
        return bool(self._unreported)

    @property
    def last_report_in(self) -> bool:
        """Return whether the report of the last INVOKE has arrived; without an INVOKE, the last one is unknown."""
        return bool(self._current) and not self._unreported

    def lost(self) -> None:
        """Record that telemetry was lost or unreadable: it may have reported that the function is done."""
        if self.done_at is None:
            self._done = (self._current, self._now())

    def begin(self, request_id: str) -> None:
        """Record an INVOKE. Reports of earlier invocations that have not arrived by now are lost."""
        self._current = request_id
        self._begun_at = self._now()
        self._unreported = {} if request_id in self._reported else {request_id: None}

    def see(self, events: Iterable[Any]) -> None:
        """Record what events report about invocations."""
        for event in events:
            event_type = event.get("type") if type(event) is dict else None
            if event_type == "platform.start":
                self._start(_request_id(event))
            elif event_type == "platform.report":
                self._report(_request_id(event), event)
            elif event_type == "platform.runtimeDone":
                self._longest = max(self._longest, _seconds(event))
                self._finish(_request_id(event) or self._current, event)
            elif event_type == "platform.logsDropped":
                self.lost()

    def _start(self, request_id: str) -> None:
        """Record a start; reports that never arrive must not fill the memory."""
        self._heard_of = request_id
        if request_id and request_id not in self._reported:
            self._unreported[request_id] = None
        if len(self._unreported) > _MAX_UNREPORTED:
            del self._unreported[next(iter(self._unreported))]

    def _report(self, request_id: str, event: dict[str, Any]) -> None:
        """Record a report, which is the first sign of the end if the runtimeDone is missing."""
        self._reported.append(request_id)
        self._unreported.pop(request_id, None)
        if request_id == self._heard_of and self._done[0] != request_id:
            self._end_missed = True
        self._finish(request_id, event)

    def _finish(self, request_id: str, event: dict[str, Any]) -> None:
        """Record that an invocation is done, unless already known."""
        if request_id and self._done[0] != request_id:
            now = self._now()
            told = unix_time(event.get("time"))
            self._done = (request_id, now if told is None else min(now, told))


def _request_id(event: dict[str, Any]) -> str:
    """Return the request ID, or an empty string if it is missing or cannot be Lambda's."""
    record = event.get("record")
    told = record.get("requestId") if type(record) is dict else None
    return told if type(told) is str and len(told) <= _LONGEST_ID else ""


def _seconds(event: dict[str, Any]) -> float:
    """Return the duration a runtimeDone reports, in seconds, or 0 if it is missing or impossible."""
    record = event.get("record")
    metrics = record.get("metrics") if type(record) is dict else None
    milliseconds = finite(metrics.get("durationMs")) if type(metrics) is dict else None
    seconds = 0.0 if milliseconds is None else milliseconds / 1000
    return seconds if seconds <= _LONGEST_INVOCATION else 0.0


def unix_time(text: object) -> float | None:
    """Return a time of the Telemetry API (ISO 8601, UTC, milliseconds) as Unix time, or None if invalid."""
    if type(text) is not str:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def deadline_of(event: dict[str, Any], now: float) -> float:
    """Return the deadline of an INVOKE or SHUTDOWN in Unix time, or two seconds from now if it has none."""
    milliseconds = finite(event.get("deadlineMs"))
    return now + _SHUTDOWN_SECONDS if milliseconds is None else milliseconds / 1000


def shutdown_deadline_of(event: dict[str, Any], now: float) -> float:
    """Return the deadline of a SHUTDOWN in Unix time, or two seconds from now if the clock has stepped past it."""
    deadline = deadline_of(event, now)
    return deadline if deadline > now else now + _SHUTDOWN_SECONDS
