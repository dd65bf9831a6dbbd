"""Delivery to a time-series database, which keeps every sample: remote write and VictoriaMetrics import.

The bytes of a push are kept until a decisive response arrives, and are resent before anything newer. Rebuilding a
request from values that may have arrived would count them twice, or make a counter go down.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from telemap.push.address import REMOTE_WRITE
from telemap.remote_write import Feed, Protobuf, TimedText
from telemap_lambda.delivery.pushes import Content, Payload
from telemap_lambda.delivery.sink import FAILURE, LOST, SUCCESS, Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from telemap.remote_write import WriteRequest
    from telemap.store import Store
    from telemap_lambda.delivery.pushes import PushResult
    from telemap_lambda.log import Log
    from telemap_lambda.settings.model import Settings

_TOO_LARGE = 413

_FINAL = frozenset({400, 409, _TOO_LARGE, 422})
"""Statuses of a permanent refusal; for a repeat, all but 413 mean that the data is already there."""

_ASKS_AGAIN = frozenset({408, 425, 429})
"""Statuses below 500 of a request that may have been partly stored and must be resent."""


class _Waiting(NamedTuple):
    """A request without a decisive response yet."""

    request: WriteRequest
    content: Content


class Samples(Sink):
    """Each push contains samples of what changed.

    Args:
        settings: format of the samples, and whether to end series at shutdown.
        grouping: labels of the process.
        store: the series to push.
        log: log for one-time messages.
        now: callable that returns the Unix time.
    """

    overtakes = False
    loss = "the database refuses samples, and they are lost"

    def __init__(
        self,
        settings: Settings,
        grouping: Mapping[str, str],
        store: Store,
        log: Log,
        now: Callable[[], float],
    ) -> None:
        super().__init__(log, deletes=settings.on_shutdown == "delete")
        self._now = now
        if settings.api is REMOTE_WRITE:
            self._feed = Feed(store, Protobuf(), grouping, steps=settings.steps)
        else:  # the import takes the process labels in its query string
            self._feed = Feed(store, TimedText(), {}, steps=settings.steps)
        self._waiting: deque[_Waiting] = deque()
        self._may_have_arrived = False
        self._is_behind = False

    @property
    def pending(self) -> bool:
        """Return whether a request is waiting to be resent unchanged."""
        return bool(self._waiting)

    def begin(self) -> Payload | None:
        """Begin a push of the requests still waiting for a response, or else of all series in their current state."""
        self._is_behind = bool(self._waiting)
        if self._is_behind:
            return self._next(is_new=False)
        self._put(self._feed.build(self._now()), Content.ALL)
        return self._next(is_new=True)

    def settle(self, content: Content, result: PushResult) -> str:
        """Record the result of a push and return its outcome."""
        if not self._waiting:  # the process has started over meanwhile
            return FAILURE if result.reason else SUCCESS
        request = self._waiting[0].request
        repeated = self._may_have_arrived or result.repeated
        if not result.reason or (repeated and result.status in _FINAL - {_TOO_LARGE}):
            self._feed.settle(request)
            self._waiting.popleft()
            self._may_have_arrived = False
            return SUCCESS
        if result.status in _FINAL:
            self._feed.settle(request, refused=content is Content.ALL)
            self._drop()
            return LOST
        if _may_be_stored(result):
            self._may_have_arrived = True
        elif not self._may_have_arrived:
            self._drop()
        return FAILURE

    def rest(self) -> Payload | None:
        """Return the next request of the same push or, after an old push, newer data."""
        if self._waiting:
            return self._next(is_new=False)
        return self.begin() if self._is_behind else None

    def own(self) -> Payload | None:
        """Return only telemap's own families."""
        self._put(self._feed.build(self._now(), own_only=True), Content.OWN)
        return self._next(is_new=True)

    def end(self) -> Payload | None:
        """Return the end of all series, or None while the last push may still arrive, as it would then be refused."""
        if self._waiting:
            return None
        self._put(self._feed.build_end(), Content.NOTHING)
        return self._next(is_new=True)

    def restart(self, instance: str) -> None:
        """Start over under another instance ID, keeping unsettled data."""
        self._drop()
        self._feed.restart(instance)

    def _put(self, requests: Iterable[WriteRequest], content: Content) -> None:
        self._waiting.extend(_Waiting(request, content) for request in requests)

    def _next(self, *, is_new: bool) -> Payload | None:
        if not self._waiting:
            return None
        request, content = self._waiting[0]
        return Payload(content, "write", body=request.body, is_new=is_new)

    def _drop(self) -> None:
        """Discard waiting requests, which did not arrive or were refused; they are rebuilt from the store."""
        self._waiting.clear()
        self._may_have_arrived = False


def _may_be_stored(result: PushResult) -> bool:
    """Return whether an unacknowledged request may have been stored, fully or partly."""
    if result.status == 0:
        return result.sent
    return result.status in _ASKS_AGAIN or result.status >= 500
