"""The extension as the platform sees it: registered or not, waiting for an event or not, failed or not.

Handlers of its requests change this from their threads; the sandbox waits for what it needs.
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
    """One request of the extension: `at` is the monotonic time in seconds at which it came, `status` the answer's."""

    name: str
    at: float
    status: int


@dataclass(frozen=True)
class Registration:
    """Who registered, and for which events."""

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
        """How it registered, None as long as it has not."""
        return self._registration

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its requests, in order."""
        with self._changed:
            return tuple(self._calls)

    @property
    def asked_at(self) -> tuple[float, ...]:
        """The monotonic times at which it asked for the next event."""
        with self._changed:
            return tuple(self._asked_at)

    @property
    def failure(self) -> str | None:
        """Why the environment cannot go on, None as long as it can."""
        return self._failure

    @property
    def waiting(self) -> bool:
        """Whether it waits for an event."""
        return self._waiting

    @property
    def refusing(self) -> bool:
        """Whether the environment was taken away, so that it gets no event any more."""
        return self._refusing

    def takes(self, event_type: str) -> bool:
        """Tell if it registered for a type of event."""
        return self._registration is not None and event_type in self._registration.events

    def note(self, call: Call) -> None:
        """Keep a request."""
        with self._changed:
            self._calls.append(call)

    def register(self, name: str, events: frozenset[str]) -> Registration:
        """Register it, and give it an identifier."""
        with self._changed:
            self._registration = Registration(name, str(uuid.uuid4()), events)
            self._changed.notify_all()
            return self._registration

    def next_event(self) -> bytes | None:
        """Wait for an event, as `GET /event/next` does; None means there will be none for this request."""
        with self._changed:
            self._asked_at.append(time.monotonic())
            turn = len(self._asked_at)  # a later request takes the place of this one
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
        """Have the next `next_event`, or the one that waits, give this event."""
        with self._changed:
            self._event = event
            self._changed.notify_all()

    def fail(self, reason: str) -> None:
        """Declare the environment failed; the first reason stands."""
        with self._changed:
            self._failure = self._failure or reason
            self._changed.notify_all()

    def wait(self, done: Callable[[], bool], timeout_seconds: float) -> bool:
        """Wait until `done`, a failure, or the timeout; tell if it is `done`."""
        with self._changed:
            self._changed.wait_for(lambda: self._failure is not None or done(), timeout_seconds)
            return done()

    def asked_since(self, count: int) -> bool:
        """Tell if it asked for an event more than `count` times, for use in `wait`."""
        return len(self._asked_at) > count

    def refuse(self) -> None:
        """Return no event any more, as when the environment is taken away without SHUTDOWN."""
        with self._changed:
            self._refusing = True
            self._changed.notify_all()

    def close(self) -> None:
        """Release whoever waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
