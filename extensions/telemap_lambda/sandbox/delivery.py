"""Deliver telemetry to a subscriber: buffer it, post it in batches, repeat refused posts.

Only the delivery's own thread, `flush` and `post_raw` ever wait for the subscriber.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import threading
import time
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, NamedTuple

from telemap_lambda.sandbox.ledger import Reports, TelemetryCounts, reports_in
from telemap_lambda.sandbox.recording import stamped
from telemap_lambda.sandbox.splitting import bodies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap_lambda.sandbox.conditions import Conditions
    from telemap_lambda.sandbox.subscription import Subscription

_RETRY_SECONDS = (
    0.05,
    0.1,
    0.2,
)  # AWS documents neither their number nor their length; few and short ones keep tests fast


class _Buffered(NamedTuple):
    event: object
    text: bytes


class Delivery:
    """Posts events to the listener of a subscriber on 127.0.0.1.

    Args:
        subscription: The subscription.
        conditions: Failures to simulate.

    """

    def __init__(self, subscription: Subscription, conditions: Conditions) -> None:
        self.subscription = subscription
        self._conditions = conditions
        self._changed = threading.Condition()
        self._buffer: list[_Buffered] = []
        self._buffered_bytes = 0
        self._first_at = 0.0  # monotonic time at which the oldest event in the buffer arrived
        self._lost: list[int] = []  # bytes of each dropped event that has not been reported yet
        self._unanswered: list[bytes] = []  # bodies whose answer was lost, to post again after the next thaw
        self._due: list[bytes] = []  # the same, after the thaw
        self._flushing = self._frozen = self._stopped = self._posting = False
        self._counts = TelemetryCounts()
        self._reports = Reports()
        self._halt = threading.Event()
        self._thread = threading.Thread(target=self._run, name="telemetry delivery")
        self._thread.start()

    @property
    def counts(self) -> TelemetryCounts:
        """Counts of the telemetry delivered so far."""
        with self._changed:
            return self._counts

    @property
    def reports(self) -> Reports:
        """The sum of the reports delivered so far."""
        with self._changed:
            return self._reports

    def emit(self, event: object) -> None:
        """Buffer an event, or drop it if the buffer is full."""
        text = json.dumps(event, separators=(",", ":")).encode()
        with self._changed:
            if self._buffered_bytes + len(text) > self._conditions.backlog_bytes:
                self._drop([len(text)])
            else:
                self._take(_Buffered(event, text))

    def freeze(self, *, frozen: bool) -> None:
        """Stop posting, as between invocations, or continue."""
        with self._changed:
            if self._frozen and not frozen:
                self._due, self._unanswered = self._due + self._unanswered, []
            self._frozen = frozen
            self._changed.notify_all()

    def flush(self, timeout_seconds: float) -> bool:
        """Post buffered events without waiting for more; return whether all were posted in time."""
        with self._changed:
            self._flushing = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: self._stopped or not (self._buffer or self._posting), timeout_seconds)
            self._flushing = False
            return done

    def post_raw(self, body: bytes) -> int | None:
        """Post a body once, unchanged; return the status, or None if there was no answer."""
        sequence = base64.b64encode(hashlib.sha256(body).digest()).decode()
        host = f"sandbox.localdomain:{self.subscription.port}"
        headers = {"Host": host, "Content-Type": "application/json", "Sequence-Id": sequence}
        connection = HTTPConnection("127.0.0.1", self.subscription.port, timeout=self._conditions.post_timeout_seconds)
        with contextlib.closing(connection), contextlib.suppress(OSError, HTTPException):
            connection.request("POST", self.subscription.path, body, headers)
            response = connection.getresponse()
            response.read()
            return response.status
        return None

    def stop(self) -> None:
        """Stop the thread, and drop what is still buffered."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._halt.set()
        self._thread.join()

    def _take(self, buffered: _Buffered) -> None:
        if not self._buffer:
            self._first_at = time.monotonic()
        self._buffer.append(buffered)
        self._buffered_bytes += len(buffered.text)
        self._changed.notify_all()

    def _drop(self, sizes: Sequence[int]) -> None:
        self._lost += sizes
        self._counts += TelemetryCounts(dropped=len(sizes))

    def _run(self) -> None:
        while batch := self._next_batch():
            delivered = self._deliver(batch)
            with self._changed:
                if delivered:
                    self._counts += TelemetryCounts(events=len(batch))
                    self._reports += reports_in(one.event for one in batch)
                    self._tell_of_losses()
                else:
                    self._drop([len(one.text) for one in batch])
                self._posting = False
                self._changed.notify_all()

    def _tell_of_losses(self) -> None:
        """Report dropped events to the subscriber (platform.logsDropped)."""
        if not self._lost:
            return
        record = {
            "droppedBytes": sum(self._lost),
            "droppedRecords": len(self._lost),
            "reason": "Some logs were dropped because the downstream consumer is slower than the logs production rate",
        }
        self._lost = []
        event = stamped({"time": "", "type": "platform.logsDropped", "record": record}, datetime.now(UTC))
        self._take(_Buffered(event, json.dumps(event, separators=(",", ":")).encode()))

    def _next_batch(self) -> list[_Buffered]:
        """Wait until a batch is due; return an empty one at the end."""
        with self._changed:
            while not self._stopped and (wait := self._seconds_until_due()) != 0:
                self._changed.wait(wait)
            if self._stopped:
                self._counts += TelemetryCounts(dropped=len(self._buffer))
                self._buffer = []
                return []
            size = _fitting(self._buffer, self.subscription)
            batch, self._buffer = self._buffer[:size], self._buffer[size:]
            self._buffered_bytes -= sum(len(one.text) for one in batch)
            self._first_at = time.monotonic()
            self._posting = True
            return batch

    def _seconds_until_due(self) -> float | None:
        """Return the time until the buffer is posted: 0 for now, None for not until something changes."""
        if self._frozen or not self._buffer:
            return None
        full = len(self._buffer) >= self.subscription.max_items
        if full or self._flushing or self._buffered_bytes >= self.subscription.max_bytes:
            return 0
        return max(self._first_at + self.subscription.timeout_seconds - time.monotonic(), 0)

    def _deliver(self, batch: Sequence[_Buffered]) -> bool:
        """Post a batch, after bodies that are due again; return whether the whole batch was acknowledged."""
        while self._due:
            self._repeat(self._due.pop(0))
        longest = self._conditions.split_at_bytes or self.subscription.max_bytes
        cut = bodies([one.text for one in batch], longest, framed=self._conditions.split_framed)
        acknowledged = [self._post(body) for body in cut]  # post all pieces, even if one is refused
        return all(acknowledged)

    def _post(self, body: bytes) -> bool:
        for pause in (*_RETRY_SECONDS, None):
            status = self.post_raw(body)
            if status is not None and 200 <= status < 300:
                self._count(TelemetryCounts(posts=1))
                self._lose_answer(body)
                return True
            if pause is None or self._halt.wait(pause) or not self._thawed():
                return False
            self._count(TelemetryCounts(retries=1))
        return False

    def _thawed(self) -> bool:
        """Wait while the environment is frozen: a post that the freeze interrupted is repeated after the thaw."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or not self._frozen)
            return not self._stopped

    def _lose_answer(self, body: bytes) -> None:
        """If it is this body's turn, post it again, now or after the next thaw."""
        every = self._conditions.repeat_every
        if not every or self._counts.posts % every:
            return
        if self._conditions.repeat_after_thaw:
            self._unanswered.append(body)
        else:
            self._repeat(body)

    def _repeat(self, body: bytes) -> None:
        self.post_raw(body)
        self._count(TelemetryCounts(repeats=1))

    def _count(self, counts: TelemetryCounts) -> None:
        with self._changed:
            self._counts += counts


def _fitting(buffer: Sequence[_Buffered], subscription: Subscription) -> int:
    """Return the number of events for one post: at least one, within the subscriber's limits.

    An event longer than a post is split anyway, and the events after it follow its last piece.
    """
    total = 0
    for count, one in enumerate(buffer[: subscription.max_items]):
        total += len(one.text) + 1 if len(one.text) <= subscription.max_bytes else 0
        if total > subscription.max_bytes and count:
            return count
    return min(len(buffer), subscription.max_items)
