"""The extension's life after its start: invocations, pushes, shutdown.

One thread does it all, taking messages from the inbox. The threads beside it only wait: for the next event of the
Extensions API, for telemetry, for the gateway.
"""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from telemap.apply import apply
from telemap.decode import decode
from telemap.errors import DecodeError
from telemap_lambda.barrier import attempt
from telemap_lambda.inbox import count_events
from telemap_lambda.invocations import Invocations
from telemap_lambda.lambda_api import INVOKE, SHUTDOWN, LambdaApi, LambdaApiError
from telemap_lambda.pusher import PushResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.store import Store
    from telemap_lambda.flush import Flush
    from telemap_lambda.inbox import Inbox, Message
    from telemap_lambda.log import Log
    from telemap_lambda.settings import Settings

_ASK_EARLY = 0.1
"""Seconds before an invocation's deadline at which the next event is asked for at the latest."""

_LAST_REPORT = 0.15
"""Longest wait for the last report at shutdown; it comes some 5 to 40 ms after SHUTDOWN."""

_LAST_POST = 0.1
"""Longest wait for a last post at shutdown where no report is known to be missing: before any INVOKE, and on managed
instances. Lambda keeps telemetry for 25 ms before it posts it."""

_EXIT_EARLY = 0.3
"""Seconds before the shutdown's deadline at which all waiting ends."""

_HOLD_MARGIN = 0.02
"""Seconds by which waiting ends before the hold does: asking for the next event takes a moment too."""

_REMEMBERED_POSTS = 64
"""Posts that are known again when they are sent twice."""

_RETRY = 1.0
"""Seconds until a refused `event/next` is tried again."""


class Loop:
    """The main loop.

    Args:
        api: Lambda's API, registered.
        store: where telemetry goes.
        flush: pushes.
        inbox: where listener and pusher leave their messages.
        settings: how long to wait.
        log: for what goes wrong.
        telemetry: whether telemetry will come.
    """

    def __init__(
        self, *, api: LambdaApi, store: Store, flush: Flush, inbox: Inbox, settings: Settings, log: Log, telemetry: bool
    ) -> None:
        self._api = api
        self._store = store
        self._flush = flush
        self._inbox = inbox
        self._settings = settings
        self._log = log
        self._telemetry = telemetry
        self._managed = INVOKE not in api.events
        self._timer = time.monotonic() + settings.flush_interval
        self._invocations = Invocations()
        self._posts: deque[bytes] = deque(maxlen=_REMEMBERED_POSTS)
        self._asks: queue.SimpleQueue[float] = queue.SimpleQueue()

    def run(self) -> int:
        """Live until SHUTDOWN; give the exit code."""
        threading.Thread(target=self._wait_for_events, name="events", daemon=True).start()
        self._ask()
        self._flush.prepare()
        while True:
            message = self._inbox.get(max(0.0, self._timer - time.monotonic()) if self._managed else None)
            if isinstance(message, dict) and message["eventType"] == SHUTDOWN:
                attempt(lambda: self._shut_down(message), self._log)  # noqa: B023 - called at once
                return 0
            attempt(lambda: self._handle(message), self._log)  # noqa: B023 - called at once

    def _handle(self, message: Message | None) -> None:
        """Do what a message asks for."""
        if isinstance(message, dict):
            try:
                self._invoke(message)
            finally:
                self._ask()
        elif isinstance(message, LambdaApiError):
            self._log.once("next", f"waiting for the next event: {message}")
            self._ask(_RETRY)
        elif message is not None:
            self._note(message)
        if self._managed and time.monotonic() >= self._timer:
            self._timer = time.monotonic() + self._settings.flush_interval
            if self._flush.due_by_timer():
                self._push()

    def _note(self, message: Message) -> None:
        """Take telemetry, or the result of a push."""
        if isinstance(message, bytes):
            self._take_telemetry(message)
        elif isinstance(message, PushResult):
            self._flush.take(message)

    def _take_telemetry(self, body: bytes) -> None:
        """Decode and apply a post."""
        if self._repeats(body):
            return
        try:
            events = decode(body)
        except DecodeError as error:
            self._store.counts.dropped["malformed"] += 1
            self._log.once("decode", f"a telemetry post is left out: {error}")
            self._invocations.lost()
            return
        self._invocations.see(events)
        attempt(lambda: apply(self._store.plan, events, self._store), self._log)
        self._flush.count_events(len(events))

    def _repeats(self, body: bytes) -> bool:
        """Tell whether this post came before: Lambda sends again what it has seen no answer to."""
        digest = hashlib.blake2b(body, digest_size=16).digest()
        if digest in self._posts:
            self._store.counts.dropped["repeat"] = self._store.counts.dropped.get("repeat", 0) + count_events(body)
            return True
        self._posts.append(digest)
        return False

    def _push(self) -> None:
        """Begin a push of what there is now."""
        if self._inbox.dropped:
            self._store.counts.dropped["backlog"] = self._inbox.dropped
            self._log.once("backlog", "telemetry came faster than it could be applied, and some was dropped")
        self._flush.start()

    def _invoke(self, event: dict[str, Any]) -> None:
        """Push beside the function what came before, and wait no longer for it than the hold allows."""
        self._invocations.begin(str(event.get("requestId")))
        if not self._flush.due():
            return
        latest = _deadline(event) - _ASK_EARLY
        if not self._telemetry:
            latest = min(latest, time.time() + self._hold())
        self._push()
        if self._settings.hold:
            self._wait(lambda: self._flush.busy, lambda: self._give_up_at(latest))

    def _give_up_at(self, latest: float) -> float:
        """Give the Unix time at which to stop waiting for a push."""
        done_at = self._invocations.done_at
        return latest if done_at is None else min(latest, done_at + self._hold())

    def _hold(self) -> float:
        return max(0.0, self._settings.hold - _HOLD_MARGIN)

    def _shut_down(self, event: dict[str, Any]) -> None:
        """Wait for the last report, then push whatever there is, within the deadline."""
        latest = _deadline(event) - _EXIT_EARLY
        began = time.time()
        self._wait(
            lambda: self._telemetry and not self._invocations.last_report_in,
            lambda: min(latest, began + (_LAST_REPORT if self._invocations.report_awaited else _LAST_POST)),
        )
        if self._flush.busy:
            half = time.time() + (latest - time.time()) / 2
            self._wait(lambda: self._flush.busy, lambda: half)
            if self._flush.busy:
                self._flush.abandon()
        self._push()
        self._wait(lambda: self._flush.busy, lambda: latest)
        self._flush.end()

    def _wait(self, lasting: Callable[[], bool], until: Callable[[], float]) -> None:
        """Take messages as long as something lasts, and no longer than until a Unix time that may change meanwhile."""
        while lasting() and (left := until() - time.time()) > 0:
            message = self._inbox.get(left)
            if message is not None:
                self._note(message)

    def _ask(self, delay: float = 0.0) -> None:
        """Ask for the next event: to Lambda it says that the extension is done with the one before."""
        self._asks.put(delay)

    def _wait_for_events(self) -> None:
        while True:
            time.sleep(self._asks.get())
            try:
                self._inbox.put(self._api.next_event())
            except LambdaApiError as error:
                self._inbox.put(error)


def _deadline(event: dict[str, Any]) -> float:
    """Give an event's deadline in Unix time; two seconds from now when it has none."""
    milliseconds = event.get("deadlineMs")
    return milliseconds / 1000 if isinstance(milliseconds, (int, float)) else time.time() + 2.0
