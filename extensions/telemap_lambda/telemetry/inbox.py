"""The queue of messages to the main thread, which waits for them here.

Lambda's events and push results come before telemetry: no backlog of telemetry delays an invocation, and a shutdown
has time for its last push.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias

from telemap.decode_steps import decode_in_steps
from telemap.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap_lambda.delivery.pushes import PushResult
    from telemap_lambda.lambda_api import LambdaApiError
    from telemap_lambda.world import World

Call: TypeAlias = "dict[str, Any] | LambdaApiError | PushResult"
"""An event of the Extensions API, the error in its place, or the result of a push."""

Message: TypeAlias = "bytes | Call"
"""A telemetry post, or a message that comes before it."""

_PLATFORM = "platform."


class _PlatformPost(bytes):
    """A post known to contain only platform events, or no telemetry at all.

    Attributes:
        digest: the digest of the post as received.
    """

    digest: tuple[int, int]


def digest_of(body: bytes) -> tuple[int, int]:
    """Return a digest that identifies a post when it is sent again, even if it has been reduced since.

    `hashlib` would load OpenSSL (4 MiB); Python's own hash has a secret key, too.
    """
    return body.digest if isinstance(body, _PlatformPost) else (len(body), hash(body))


class Inbox:
    """Messages in order of arrival, telemetry last and bounded.

    Args:
        max_pending_bytes: the maximum size of pending telemetry, in bytes. Beyond it, the oldest log events are dropped
            first, platform events last.
        world: the clock and threads.

    Attributes:
        arrivals: where the main thread waits for messages, and for the sockets that they come from.
        dropped: the number of dropped events.
        pending: the size of pending telemetry, in bytes.
    """

    def __init__(self, max_pending_bytes: int, world: World) -> None:
        self.dropped = 0
        self._monotonic = world.monotonic
        self._bound = max_pending_bytes
        self.pending = 0
        self._calls: deque[Call] = deque()
        self._is_closed = False
        self._posts: dict[int, bytes] = {}  # by number, in order of arrival
        self._number = 0
        self.arrivals = self._arrived = world.arrivals()
        self._shedding = world.condition()

    @property
    def has_telemetry(self) -> bool:
        """Return whether telemetry is pending."""
        return bool(self._posts)

    def has_room(self, size: int) -> bool:
        """Return whether a post of so many bytes makes no other drop events, which may take long."""
        return self.pending + size <= self._bound

    def put(self, message: Call) -> None:
        """Queue a message other than telemetry, from any thread."""
        with self._arrived:
            self._calls.append(message)
            self._arrived.notify()

    def put_telemetry(self, body: bytes) -> None:
        """Queue a telemetry post from any thread, making room if needed.

        Raises:
            ConnectionAbortedError: the inbox is closed, so the post must not be acknowledged.
        """
        with self._arrived:
            if self._is_closed:
                raise ConnectionAbortedError
            self.pending += len(body)
        if self.pending > self._bound:
            with self._shedding:
                body = self._shed(_nothing_of, self._shed(_platform_events_of, body))
        with self._arrived:
            if self._is_closed:  # while making room
                self.pending -= len(body)
                raise ConnectionAbortedError
            self._number += 1
            if body:
                self._posts[self._number] = body
            self._arrived.notify()

    def close(self) -> None:
        """Accept no more telemetry: nothing would push it."""
        with self._arrived:
            self._is_closed = True

    def get(self, timeout: float | None) -> Message | None:
        """Return the next message, or None if none arrives within `timeout` seconds."""
        deadline = None if timeout is None else self._monotonic() + timeout
        with self._arrived:
            while not (self._calls or self._posts):
                left = None if deadline is None else deadline - self._monotonic()
                if left is not None and left <= 0:
                    return None
                self._arrived.wait(left)
            if self._calls:
                return self._calls.popleft()
            body = self._posts.pop(next(iter(self._posts)))
            self.pending -= len(body)
            return body

    def get_call(self) -> Call | None:
        """Return the next message other than telemetry, or None if there is none yet."""
        self._arrived.look()
        return self._calls.popleft() if self._calls else None

    def _shed(self, keep: Callable[[bytes], tuple[bytes, int]], newest: bytes) -> bytes:
        """Reduce posts, oldest first, until pending telemetry is within the bound; return the newest.

        Posts are decoded without the lock, which would block the main thread.
        """
        with self._arrived:
            posts = list(self._posts.items())
        for number, body in posts:
            if self.pending <= self._bound:
                return newest
            kept, lost = keep(body)
            with self._arrived:
                if number in self._posts:  # else already taken
                    self._note_shed(body, kept, lost)
                    self._posts[number] = kept
                    if not kept:
                        del self._posts[number]
        if self.pending <= self._bound:
            return newest
        kept, lost = keep(newest)
        with self._arrived:
            self._note_shed(newest, kept, lost)
        return kept

    def _note_shed(self, body: bytes, kept: bytes, lost: int) -> None:
        self.pending += len(kept) - len(body)
        self.dropped += lost


def _platform_events_of(body: bytes) -> tuple[bytes, int]:
    """Return a post without its log events, and their number; anything but telemetry is unchanged."""
    if type(body) is _PlatformPost:
        return body, 0
    number = 0
    kept: list[bytes] = []
    try:
        for step in decode_in_steps(body):
            number += len(step.events) + step.others
            kept += [_json(event) for event in step.events if _is_of_platform(event)]
    except (DecodeError, RecursionError):
        return _reduced(body, body), 0
    if len(kept) == number:
        return _reduced(body, body), 0
    return _reduced(body, b"[" + b",".join(kept) + b"]" if kept else b""), number - len(kept)


def _reduced(body: bytes, kept: bytes) -> bytes:
    """Return the kept part of a post, with the post's digest."""
    post = _PlatformPost(kept)
    post.digest = digest_of(body)
    return post


def _is_of_platform(event: Any) -> bool:
    event_type = event.get("type") if type(event) is dict else None
    return type(event_type) is str and event_type.startswith(_PLATFORM)


def _json(event: Any) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()


def _nothing_of(body: bytes) -> tuple[bytes, int]:
    """Return an empty post, and the number of events in the original."""
    return b"", count_events(body)


def count_events(body: bytes) -> int:
    """Return the number of events in a post; anything but telemetry counts as one."""
    try:
        return sum(len(step.events) + step.others for step in decode_in_steps(body))
    except DecodeError:
        return 1
