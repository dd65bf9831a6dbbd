"""Delivery of telemetry to those who subscribed: buffered, posted in batches, repeated when refused.

Nothing here ever waits for a subscriber but its own thread, `flush` and `post_raw`.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from telemap_lambda.sandbox.subscription import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap_lambda.sandbox.subscription import Subscription

_RETRY_SECONDS = (0.05, 0.1, 0.2)  # AWS tells neither how often nor how long; few and short keep tests short


@dataclass(frozen=True)
class TelemetryCounts:
    """What was delivered: `events` in `posts` that were acknowledged; `retries` of posts; `dropped` events."""

    events: int = 0
    posts: int = 0
    retries: int = 0
    dropped: int = 0

    def __add__(self, other: TelemetryCounts) -> TelemetryCounts:
        return TelemetryCounts(
            self.events + other.events,
            self.posts + other.posts,
            self.retries + other.retries,
            self.dropped + other.dropped,
        )


class Delivery:
    """Posts the events that one subscriber asked for to its listener on 127.0.0.1.

    Args:
        subscription: What was asked for.
        post_timeout_seconds: How long a listener may take to answer.

    """

    def __init__(self, subscription: Subscription, *, post_timeout_seconds: float = 1.0) -> None:
        self.subscription = subscription
        self._post_timeout = post_timeout_seconds
        self._changed = threading.Condition()
        self._buffer: list[bytes] = []
        self._buffered_bytes = 0
        self._first_at = 0.0  # monotonic time at which the oldest event in the buffer came
        self._flushing = self._frozen = self._stopped = self._posting = False
        self._counts = TelemetryCounts()
        self._halt = threading.Event()
        self._thread = threading.Thread(target=self._run, name="telemetry delivery")
        self._thread.start()

    @property
    def counts(self) -> TelemetryCounts:
        """What was delivered so far."""
        with self._changed:
            return self._counts

    def emit(self, event: object) -> None:
        """Take an event, if its category is subscribed. What has none goes to everyone."""
        category = _category(event)
        if category is not None and category not in self.subscription.categories:
            return
        encoded = json.dumps(event, separators=(",", ":")).encode()
        with self._changed:
            if not self._buffer:
                self._first_at = time.monotonic()
            self._buffer.append(encoded)
            self._buffered_bytes += len(encoded)
            self._changed.notify_all()

    def freeze(self, *, frozen: bool) -> None:
        """Post nothing, as between invocations, or go on."""
        with self._changed:
            self._frozen = frozen
            self._changed.notify_all()

    def flush(self, timeout_seconds: float) -> bool:
        """Post what is buffered without waiting for more; tell if that was done in time."""
        with self._changed:
            self._flushing = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: self._stopped or not (self._buffer or self._posting), timeout_seconds)
            self._flushing = False
            return done

    def post_raw(self, body: bytes) -> int | None:
        """Post a body as it is, now and once; give the status, None for no answer."""
        sequence = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers = {"Content-Type": "application/json", "Sequence-Id": sequence}
        connection = HTTPConnection("127.0.0.1", self.subscription.port, timeout=self._post_timeout)
        with contextlib.closing(connection), contextlib.suppress(OSError, HTTPException):
            connection.request("POST", self.subscription.path, body, headers)
            response = connection.getresponse()
            response.read()
            return response.status
        return None

    def stop(self) -> None:
        """End the thread; what is still buffered is dropped."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._halt.set()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._next_batch():
            delivered, retries = self._post(b"[" + b",".join(batch) + b"]")
            sent = len(batch) if delivered else 0
            with self._changed:
                self._counts += TelemetryCounts(sent, int(delivered), retries, len(batch) - sent)
                self._posting = False
                self._changed.notify_all()

    def _next_batch(self) -> list[bytes]:
        """Wait until a batch is due; an empty one is the end."""
        with self._changed:
            while not self._stopped and (wait := self._seconds_until_due()) != 0:
                self._changed.wait(wait)
            if self._stopped:
                self._counts += TelemetryCounts(dropped=len(self._buffer))
                self._buffer = []
                return []
            size = _fitting(self._buffer, self.subscription)
            batch, self._buffer = self._buffer[:size], self._buffer[size:]
            self._buffered_bytes -= sum(map(len, batch))
            self._first_at = time.monotonic()
            self._posting = True
            return batch

    def _seconds_until_due(self) -> float | None:
        """Tell when the buffer is to be posted: 0 for now, None for not until something changes."""
        if self._frozen or not self._buffer:
            return None
        full = len(self._buffer) >= self.subscription.max_items
        if full or self._flushing or self._buffered_bytes >= self.subscription.max_bytes:
            return 0
        return max(self._first_at + self.subscription.timeout_seconds - time.monotonic(), 0)

    def _post(self, body: bytes) -> tuple[bool, int]:
        for retries, pause in enumerate((*_RETRY_SECONDS, 0.0)):
            status = self.post_raw(body)
            if status is not None and 200 <= status < 300:
                return True, retries
            if self._halt.wait(pause):
                return False, retries
        return False, len(_RETRY_SECONDS)


class Telemetry:
    """The telemetry of an environment: keeps what came before a subscription, and feeds each subscriber."""

    def __init__(self, *, post_timeout_seconds: float = 1.0) -> None:
        self._post_timeout = post_timeout_seconds
        self._lock = threading.Lock()
        self._history: list[object] | None = []
        self._deliveries: list[Delivery] = []

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """One for each subscriber."""
        with self._lock:
            return tuple(self._deliveries)

    @property
    def counts(self) -> TelemetryCounts:
        """What was delivered to all subscribers together."""
        return sum((delivery.counts for delivery in self.deliveries), TelemetryCounts())

    def subscribe(self, subscription: Subscription) -> None:
        """Add a subscriber, and hand it what was emitted before."""
        delivery = Delivery(subscription, post_timeout_seconds=self._post_timeout)
        with self._lock:
            for event in self._history or ():
                delivery.emit(event)
            self._deliveries.append(delivery)

    def close_subscription(self) -> None:
        """Stop keeping events for later subscribers: init is over."""
        with self._lock:
            self._history = None

    def emit(self, event: object) -> None:
        """Emit one event."""
        with self._lock:
            if self._history is not None:
                self._history.append(event)
            for delivery in self._deliveries:
                delivery.emit(event)

    def freeze(self, *, frozen: bool) -> None:
        """Stop posting, as between invocations, or go on."""
        for delivery in self.deliveries:
            delivery.freeze(frozen=frozen)

    def flush(self, timeout_seconds: float) -> bool:
        """Post all that is buffered; tell if that was done in time."""
        until = time.monotonic() + timeout_seconds
        flushed = [delivery.flush(max(until - time.monotonic(), 0)) for delivery in self.deliveries]
        return all(flushed)

    def stop(self) -> None:
        """End every delivery."""
        for delivery in self.deliveries:
            delivery.stop()


def _category(event: object) -> str | None:
    kind = event.get("type") if isinstance(event, dict) else None
    category = kind.split(".", 1)[0] if isinstance(kind, str) else None
    return category if category in CATEGORIES else None


def _fitting(buffer: Sequence[bytes], subscription: Subscription) -> int:
    """Count the events for one post: at least one, and no more than the subscriber's limits."""
    total = 0
    for count, event in enumerate(buffer[: subscription.max_items]):
        total += len(event) + 1
        if total > subscription.max_bytes and count:
            return count
    return min(len(buffer), subscription.max_items)
