"""The one queue that the extension's threads leave their messages in."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, TypeAlias

from telemap.decode import decode
from telemap.errors import DecodeError

if TYPE_CHECKING:
    from telemap_lambda.lambda_api import LambdaApiError
    from telemap_lambda.pusher import PushResult

Message: TypeAlias = "bytes | dict[str, Any] | LambdaApiError | PushResult"
"""A telemetry post; an event of the Extensions API, or why there is none; what became of a push."""


class Inbox:
    """Messages in the order of their arrival; telemetry is bounded.

    Args:
        max_pending_bytes: telemetry held at most; posts beyond it are dropped, and their events counted.

    Attributes:
        dropped: events that were dropped.
    """

    def __init__(self, max_pending_bytes: int) -> None:
        self.dropped = 0
        self._room = max_pending_bytes
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def put(self, message: Message) -> None:
        """Leave a message; from any thread."""
        self._queue.put(message)

    def put_telemetry(self, body: bytes) -> None:
        """Leave a post of telemetry, if there is room for it; from any thread."""
        with self._lock:
            fits = len(body) <= self._room
            if fits:
                self._room -= len(body)
        if fits:
            self._queue.put(body)
            return
        events = _count_events(body)
        with self._lock:
            self.dropped += events

    def get(self, timeout: float | None) -> Message | None:
        """Take the next message; None when none has come in `timeout` seconds."""
        try:
            message = self._queue.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(message, bytes):
            with self._lock:
                self._room += len(message)
        return message


def _count_events(body: bytes) -> int:
    try:
        return len(decode(body))
    except DecodeError:
        return 1
