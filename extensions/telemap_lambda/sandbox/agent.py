"""The state of the extension as the platform sees it: registered, waiting for an event, failed.

The handlers of the extension's requests change the state from their threads; the sandbox waits for changes.
"""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Call:
    """A request of the extension: `at` is the monotonic time of its arrival in seconds, `status` that of the answer."""

    name: str
    at: float
    status: int


@dataclass(frozen=True)
class Registration:
    """A registration: the name, the identifier and the events."""

    name: str
    identifier: str
    events: frozenset[str]


class Agent:
    """The state of one extension in one execution environment."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._registration: Registration | None = None
        self._calls: list[Call] = []
        self._asked_at: list[float] = []
        self._event: bytes | None = None
        self._failure: str | None = None
        self._waiting = False
        self._closed = self._refusing = False

    @property
    def registration(self) -> Registration | None:
        """The extension's registration; None before it."""
        return self._registration

    @property
    def calls(self) -> tuple[Call, ...]:
        """The extension's requests, in order."""
        with self._changed:
            return tuple(self._calls)

    @property
    def asked_at(self) -> tuple[float, ...]:
        """The monotonic times at which the extension asked for the next event."""
        with self._changed:
            return tuple(self._asked_at)

    @property
    def failure(self) -> str | None:
        """Why the environment failed; None if it has not."""
        return self._failure

    @property
    def waiting(self) -> bool:
        """Whether the extension is waiting for an event."""
        return self._waiting

    @property
    def refusing(self) -> bool:
        """Whether the environment was removed, so that the extension gets no more events."""
        return self._refusing

    def takes(self, event_type: str) -> bool:
        """Return whether the extension registered for a type of event."""
        return self._registration is not None and event_type in self._registration.events

    def note(self, call: Call) -> None:
        """Record a request."""
        with self._changed:
            self._calls.append(call)

    def register(self, name: str, events: frozenset[str]) -> Registration:
        """Register the extension, with a new identifier."""
        with self._changed:
            self._registration = Registration(name, str(uuid.uuid4()), events)
            self._changed.notify_all()
            return self._registration

    def next_event(self) -> bytes | None:
        """Wait for an event, as `GET /event/next` does; return None if this request will not get one."""
        with self._changed:
            self._asked_at.append(time.monotonic())
            turn = len(self._asked_at)  # a later request replaces this one
            self._waiting = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_over(turn) or self._event is not None)
            if self._is_over(turn):
                return None
            event, self._event = self._event, None
            self._waiting = False
            return event

    def _is_over(self, turn: int) -> bool:
        return self._closed or self._refusing or turn < len(self._asked_at)

    def send(self, event: bytes) -> None:
        """Pass an event to the current or next call of `next_event`."""
        with self._changed:
            self._event = event
            self._changed.notify_all()

    def fail(self, reason: str) -> None:
        """Mark the environment as failed; the first reason is kept."""
        with self._changed:
            self._failure = self._failure or reason
            self._changed.notify_all()

    def wait(self, done: Callable[[], bool], timeout_seconds: float) -> bool:
        """Wait until `done`, a failure or the timeout; return whether it is `done`."""
        with self._changed:
            self._changed.wait_for(lambda: self._failure is not None or done(), timeout_seconds)
            return done()

    def asked_since(self, count: int) -> bool:
        """Return whether the extension asked for an event more than `count` times, for use in `wait`."""
        return len(self._asked_at) > count

    def refuse(self) -> None:
        """Refuse further events, as if the environment was removed without SHUTDOWN."""
        with self._changed:
            self._refusing = True
            self._changed.notify_all()

    def close(self) -> None:
        """Release all waiting threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
