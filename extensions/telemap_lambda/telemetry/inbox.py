"""Where the extension's threads leave their messages.

What Lambda wants, and what became of pushes, comes before telemetry: however much of that waits, an invocation is not
held up by it, and a shutdown has time for its last push.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias

from telemap.decode import decode
from telemap.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap_lambda.delivery.pusher import PushResult
    from telemap_lambda.lambda_api import LambdaApiError

Call: TypeAlias = "dict[str, Any] | LambdaApiError | PushResult"
"""An event of the Extensions API, or why there is none; what became of a push."""

Message: TypeAlias = "bytes | Call"
"""A telemetry post, or what goes before it."""

_PLATFORM = "platform."


class _PlatformPost(bytes):
    """A post that is known to hold platform events alone, or no telemetry at all."""


class Inbox:
    """Messages in the order of their arrival, telemetry last; telemetry is bounded.

    Args:
        max_pending_bytes: telemetry held at most. Beyond it the oldest log events go first, platform events last.

    Attributes:
        dropped: events that were dropped.
    """

    def __init__(self, max_pending_bytes: int) -> None:
        self.dropped = 0
        self._bound = max_pending_bytes
        self._pending = 0
        self._calls: deque[Call] = deque()
        self._posts: deque[bytes] = deque()
        self._arrived = threading.Condition()

    @property
    def has_telemetry(self) -> bool:
        """Return whether telemetry waits."""
        return bool(self._posts)

    def put(self, message: Call) -> None:
        """Leave a message that is no telemetry; from any thread."""
        with self._arrived:
            self._calls.append(message)
            self._arrived.notify()

    def put_telemetry(self, body: bytes) -> None:
        """Leave a post of telemetry, and make room for it if need be; from any thread."""
        with self._arrived:
            self._posts.append(body)
            self._pending += len(body)
            if self._pending > self._bound:
                self._shed(_platform_events_of)
            if self._pending > self._bound:
                self._shed(_nothing_of)
            self._arrived.notify()

    def get(self, timeout: float | None) -> Message | None:
        """Take the next message; None when none has come in `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._arrived:
            while not (self._calls or self._posts):
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._arrived.wait(left)
            if self._calls:
                return self._calls.popleft()
            body = self._posts.popleft()
            self._pending -= len(body)
            return body

    def _shed(self, keep: Callable[[bytes], tuple[bytes, int]]) -> None:
        """Reduce posts, the oldest first, until what is pending is within the bound."""
        for _ in range(len(self._posts)):
            body = self._posts.popleft()
            if self._pending > self._bound:
                kept, lost = keep(body)
                self._pending += len(kept) - len(body)
                self.dropped += lost
                body = kept
            if body:
                self._posts.append(body)


def _platform_events_of(body: bytes) -> tuple[bytes, int]:
    """Return a post without its log events, and how many those are; one that is no telemetry stays as it is."""
    if type(body) is _PlatformPost:
        return body, 0
    try:
        events = decode(body)
    except DecodeError:
        return _PlatformPost(body), 0
    kept = [event for event in events if type(event) is dict and str(event.get("type")).startswith(_PLATFORM)]
    if len(kept) == len(events):
        return _PlatformPost(body), 0
    text = json.dumps(kept, separators=(",", ":")).encode() if kept else b""
    return _PlatformPost(text), len(events) - len(kept)


def _nothing_of(body: bytes) -> tuple[bytes, int]:
    """Return nothing of a post, and how many events it has."""
    return b"", count_events(body)


def count_events(body: bytes) -> int:
    """Count the events of a post; one that is no telemetry counts as one."""
    try:
        return len(decode(body))
    except DecodeError:
        return 1
