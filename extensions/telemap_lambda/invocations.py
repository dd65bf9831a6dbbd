"""Follow invocations by their events: which is done, and whose report is still to come."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class Invocations:
    """What is known of invocations that have begun.

    Attributes:
        done_at: Unix time at which the function was done with the current invocation; None while it is not known.
    """

    def __init__(self) -> None:
        self.done_at: float | None = None
        self._current = ""
        self._unreported: set[str] = set()

    @property
    def report_awaited(self) -> bool:
        """Tell whether an invocation has begun whose report has not come."""
        return bool(self._unreported)

    def begin(self, request_id: str) -> None:
        """Take note of an INVOKE. An older invocation whose report has not come by now has lost it."""
        self._current = request_id
        self._unreported = {request_id}
        self.done_at = None

    def see(self, events: Iterable[Any]) -> None:
        """Look at telemetry for what it says of invocations."""
        for event in events:
            event_type = event.get("type") if type(event) is dict else None
            if event_type == "platform.start":
                self._unreported.add(_request_id(event))
            elif event_type == "platform.report":
                self._unreported.discard(_request_id(event))
            elif event_type == "platform.runtimeDone" and _request_id(event) == self._current:
                self.done_at = _unix_time(event.get("time"))


def _request_id(event: dict[str, Any]) -> str:
    record = event.get("record")
    return str(record.get("requestId")) if type(record) is dict else ""


def _unix_time(text: object) -> float | None:
    """Read a time of the Telemetry API: ISO 8601, UTC, milliseconds."""
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return None
