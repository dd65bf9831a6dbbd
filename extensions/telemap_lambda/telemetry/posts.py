"""From posts of telemetry to series: repeats and replays are left out, what was cut is joined."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from telemap.apply import apply
from telemap_lambda.barrier import attempt
from telemap_lambda.telemetry.inbox import count_events
from telemap_lambda.telemetry.invocations import unix_time
from telemap_lambda.telemetry.joining import Joiner

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.errors import DecodeError
    from telemap.store import Store
    from telemap_lambda.log import Log
    from telemap_lambda.recording.recorder import Recorder
    from telemap_lambda.telemetry.invocations import Invocations

_REMEMBERED_POSTS = 64
"""Posts that are known again when they are sent twice."""

_KEPT_EVENTS = 1000
"""Events kept before a snapshot is restored; older ones are of the snapshot's own start."""


class Telemetry:
    """What becomes of telemetry posts.

    Args:
        store: where samples go.
        invocations: told of what the events say of them.
        counted: called with the number of events that were applied.
        log: for what is left out.
        snap_start: whether nothing may be applied before the snapshot is restored.
        recorder: records what comes, before anything is done with it; None when nothing is recorded.
    """

    def __init__(
        self,
        store: Store,
        invocations: Invocations,
        counted: Callable[[int], None],
        log: Log,
        *,
        snap_start: bool,
        recorder: Recorder | None = None,
    ) -> None:
        self._store = store
        self._invocations = invocations
        self._counted = counted
        self._log = log
        self._recorder = recorder
        self._joiner = Joiner(self._give_up)
        self._posts: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED_POSTS)
        self._kept: deque[Any] | None = deque() if snap_start else None
        self._invoked = False
        self._restored_at: float | None = None

    @property
    def waits_for_restore(self) -> bool:
        """Return whether this is a snapshot in which nothing has been invoked yet."""
        return self._kept is not None and not self._invoked

    def take(self, body: bytes) -> None:
        """Take a post."""
        if self._repeats(body):
            return
        post = self._joiner.read(body)
        if post is None:
            self._invocations.lost()
            return
        if post.body is not body and self._repeats(post.body):
            return
        self._posts.append(_digest(post.body))
        events = post.events
        self._invocations.see(events)
        if self._recorder is not None:
            events = self._record(self._recorder, events)
        if self._kept is None:
            self._apply(self._without_replay(events))
        else:
            self._keep(events)

    def begin(self) -> None:
        """Take note of an INVOKE."""
        self._invoked = True
        if self._kept is not None:
            self._release()

    def end(self) -> None:
        """Give up what waits for its rest: nothing will come any more."""
        self._joiner.end()
        if self._kept is not None and self._invoked:
            self._release(finally_=True)

    def _repeats(self, body: bytes) -> bool:
        """Return whether this post came before: Lambda sends again what it has seen no answer to.

        Pieces of posts are not remembered once they are joined, for those of two posts may well be equal.
        """
        if _digest(body) not in self._posts and not self._joiner.holds(body):
            return False
        self._drop("repeat", count_events(body))
        return True

    def _give_up(self, error: DecodeError) -> None:
        self._drop("malformed", 1)
        self._log.once("decode", f"a telemetry post is left out: {error}")

    def _drop(self, reason: str, number: int) -> None:
        dropped = self._store.counts.dropped
        dropped[reason] = dropped.get(reason, 0) + number

    def _apply(self, events: list[Any]) -> None:
        for event in events:
            if type(event) is dict and event.get("type") == "platform.logsDropped":
                self._log.once("logs-dropped", f"Lambda dropped telemetry before it came here: {event.get('record')}")
        attempt(lambda: apply(self._store.plan, events, self._store), self._log)
        self._counted(len(events))

    def _record(self, recorder: Recorder, events: list[Any]) -> list[Any]:
        """Record events; give those that are not there for the recording alone."""
        attempt(lambda: recorder.record(events), self._log)
        return recorder.applied(events)

    def _keep(self, events: list[Any]) -> None:
        """Keep events until it is known which of them a restored snapshot had already."""
        assert self._kept is not None  # noqa: S101 - the caller has looked
        self._kept.extend(events)
        while len(self._kept) > _KEPT_EVENTS and not self._invoked:
            self._kept.popleft()
            self._drop("replay", 1)
        if self._invoked:
            self._release()

    def _release(self, *, finally_: bool = False) -> None:
        """Apply what was kept, once the restore is known, or telemetry of an invocation says that none will come."""
        kept = self._kept or deque()
        times = [_time_of(event, "platform.restoreStart") for event in kept]
        self._restored_at = max((moment for moment in times if moment is not None), default=None)
        begun = any(type(event) is dict and event.get("type") == "platform.start" for event in kept)
        if self._restored_at is not None or begun or finally_:
            self._kept = None
            self._apply(self._without_replay(list(kept)))

    def _without_replay(self, events: list[Any]) -> list[Any]:
        """Leave out events from before the restore: they are of the snapshot's own start, hours or days ago."""
        restored_at = self._restored_at
        if restored_at is None:
            return events
        kept = [event for event in events if not _is_before(event, restored_at)]
        if len(kept) < len(events):
            self._drop("replay", len(events) - len(kept))
        return kept


def _digest(body: bytes) -> tuple[int, int]:
    """Return what a post is known by. `hashlib` would bring OpenSSL, 4 MiB; Python's own hash has a secret key too."""
    return len(body), hash(body)


def _time_of(event: Any, event_type: str) -> float | None:
    """Return the Unix time of an event of a type; None for all others."""
    if type(event) is not dict or event.get("type") != event_type:
        return None
    return unix_time(event.get("time"))


def _is_before(event: Any, moment: float) -> bool:
    told = unix_time(event.get("time")) if type(event) is dict else None
    return told is not None and told < moment
