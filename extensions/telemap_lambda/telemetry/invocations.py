"""Follow invocations by their events: which is done, and whose report is still to come."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from telemap.numbers import finite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_REMEMBERED_REPORTS = 64
"""Reports that are known although a post that was sent earlier comes later."""

_MAX_UNREPORTED = 1000
"""Invocations whose report is waited for at once: a managed instance runs some dozens."""

_LONGEST_INVOCATION = 900.0
"""Seconds that Lambda lets a function run."""

_SHUTDOWN_SECONDS = 2.0
"""Seconds that Lambda gives extensions to shut down."""

_LONGEST_ID = 128
"""Longest request id; Lambda's are UUIDs."""


class Invocations:
    """What is known of invocations that have begun.

    Args:
        now: gives Unix time.
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
        """Return whether telemetry of the current invocation has come, and no end of one was ever missing."""
        return self._heard_of == self._current and not self._end_missed

    @property
    def done_by(self) -> float:
        """Return the Unix time by which the function is most likely done with the current invocation.

        As telemetry says; else after as long as the longest invocation took of which the end was told. Where telemetry
        does not tell ends, or this one is not heard of, it may be done at once.
        """
        if self.done_at is not None:
            return self.done_at
        return self._begun_at + (self._longest if self.heard_of else 0.0)

    @property
    def done_at(self) -> float | None:
        """Return the Unix time at which the function finished the current invocation; None while that is unknown."""
        request_id, moment = self._done
        return moment if request_id == self._current else None

    @property
    def report_awaited(self) -> bool:
        """Return whether an invocation has begun whose report has not come."""
        return bool(self._unreported)

    @property
    def last_report_in(self) -> bool:
        """Return whether the report of the last INVOKE has come; without an INVOKE nobody knows which is the last."""
        return bool(self._current) and not self._unreported

    def lost(self) -> None:
        """Take note of telemetry that is lost, or cannot be read: it may have said that the function is done."""
        if self.done_at is None:
            self._done = (self._current, self._now())

    def begin(self, request_id: str) -> None:
        """Take note of an INVOKE. An older invocation whose report has not come by now has lost it."""
        self._current = request_id
        self._begun_at = self._now()
        self._unreported = {} if request_id in self._reported else {request_id: None}

    def see(self, events: Iterable[Any]) -> None:
        """Look at telemetry for what it says of invocations."""
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
        """Take note of a start; reports that never come must not fill the memory."""
        self._heard_of = request_id
        if request_id and request_id not in self._reported:
            self._unreported[request_id] = None
        if len(self._unreported) > _MAX_UNREPORTED:
            del self._unreported[next(iter(self._unreported))]

    def _report(self, request_id: str, event: dict[str, Any]) -> None:
        """Take note of a report; it is the first to be heard of the end where a runtimeDone is missing."""
        self._reported.append(request_id)
        self._unreported.pop(request_id, None)
        if request_id == self._heard_of and self._done[0] != request_id:
            self._end_missed = True
        self._finish(request_id, event)

    def _finish(self, request_id: str, event: dict[str, Any]) -> None:
        """Take note that an invocation is done, unless that is known already."""
        if request_id and self._done[0] != request_id:
            now = self._now()
            told = unix_time(event.get("time"))
            self._done = (request_id, now if told is None else min(now, told))


def _request_id(event: dict[str, Any]) -> str:
    """Return the request id; empty when there is none, or none that Lambda makes."""
    record = event.get("record")
    told = record.get("requestId") if type(record) is dict else None
    return told if type(told) is str and len(told) <= _LONGEST_ID else ""


def _seconds(event: dict[str, Any]) -> float:
    """Return how long an invocation took, by its runtimeDone; 0 when that does not say, or says what cannot be."""
    record = event.get("record")
    metrics = record.get("metrics") if type(record) is dict else None
    milliseconds = finite(metrics.get("durationMs")) if type(metrics) is dict else None
    seconds = 0.0 if milliseconds is None else milliseconds / 1000
    return seconds if seconds <= _LONGEST_INVOCATION else 0.0


def unix_time(text: object) -> float | None:
    """Read a time of the Telemetry API: ISO 8601, UTC, milliseconds. None when it cannot be read."""
    if type(text) is not str:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def deadline_of(event: dict[str, Any], now: float) -> float:
    """Return the deadline of an INVOKE or SHUTDOWN in Unix time; two seconds from now when it has none."""
    milliseconds = finite(event.get("deadlineMs"))
    return now + _SHUTDOWN_SECONDS if milliseconds is None else milliseconds / 1000


def shutdown_deadline_of(event: dict[str, Any], now: float) -> float:
    """Return the deadline of a SHUTDOWN in Unix time; two seconds from now when the clock has stepped past it."""
    deadline = deadline_of(event, now)
    return deadline if deadline > now else now + _SHUTDOWN_SECONDS
