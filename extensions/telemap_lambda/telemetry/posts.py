"""Turn telemetry posts into series: skip repeats and replays, and join what was cut.

Whatever a post contains, it is processed in turns of bounded time, so that invocations do not wait for it.
"""

from __future__ import annotations

import math
from collections import deque
from operator import length_hint
from typing import TYPE_CHECKING, Any, Final

from telemap.apply import apply
from telemap.decode import decode
from telemap.decode_steps import STEP_EVENTS, decode_in_steps
from telemap.errors import DecodeError
from telemap.numbers import finite
from telemap_lambda.barrier import attempt
from telemap_lambda.telemetry.inbox import digest_of
from telemap_lambda.telemetry.joining import Joiner
from telemap_lambda.telemetry.restore import Restore

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from telemap.store import Store
    from telemap_lambda.log import Log
    from telemap_lambda.recording.recorder import Recorder
    from telemap_lambda.telemetry.inbox import Inbox, Message
    from telemap_lambda.telemetry.invocations import Invocations

_REMEMBERED_POSTS = 64
"""Number of posts remembered to recognize repeats."""

_SHOWN = 200
"""Maximum number of characters of Lambda's reason that are logged."""

_SMALL_BYTES = 4 * 1024
"""Maximum size of a post that is decoded and applied in one turn, in bytes."""

_DONE: Final = object()


class Telemetry:
    """Process telemetry posts.

    Args:
        store: the store for samples.
        invocations: the invocations to update from events.
        counted: called with the number of applied events.
        log: the log for what is skipped.
        snap_start: whether nothing may be applied before the snapshot is restored.
        began_at: the Unix time at which the process began.
        recorder: the recorder of events before they are processed, or None to record nothing.
    """

    def __init__(
        self,
        store: Store,
        invocations: Invocations,
        counted: Callable[[int], None],
        log: Log,
        *,
        snap_start: bool,
        began_at: float = math.inf,
        recorder: Recorder | None = None,
    ) -> None:
        self._store = store
        self._invocations = invocations
        self._counted = counted
        self._log = log
        self._recorder = recorder
        self._joiner = Joiner(self._give_up)
        self._posts: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED_POSTS)
        self._restore = Restore(lambda number: self._drop("replay", number), snap_start=snap_start, began_at=began_at)
        self._work: deque[bytes | Iterator[None]] = deque()  # posts, and what has begun

    @property
    def waits_for_restore(self) -> bool:
        """Return whether this is a snapshot with no invocation yet."""
        return self._restore.is_awaited

    @property
    def is_busy(self) -> bool:
        """Return whether posts remain to be processed."""
        return bool(self._work)

    def put(self, body: bytes) -> None:
        """Queue a post for the following turns."""
        self._work.append(body)

    def turn(self) -> None:
        """Do part of the queued work, in bounded time."""
        work = self._work[0] if self._work else iter(())
        if not isinstance(work, bytes):
            if attempt(lambda: next(work, _DONE), self._log) is _DONE:
                self._work.popleft()
        elif attempt(lambda: self._take_at_once(work), self._log) is False:
            self._work[0] = self._taking(work)
        else:
            self._work.popleft()

    def begin(self) -> None:
        """Record an INVOKE."""
        kept = self._restore.begin()
        if kept:
            self._work.appendleft(self._applying(kept))  # older than any post

    def end(self) -> None:
        """Drop incomplete posts: nothing more will arrive."""
        self._joiner.end()
        for events in self._restore.end():
            self._apply(events)

    def _take_at_once(self, body: bytes) -> bool:
        """Process a post if it is small and whole, as most are; return whether it was."""
        digest = digest_of(body)
        is_usual = len(body) <= _SMALL_BYTES and digest not in self._posts
        if not is_usual or self._joiner.has_pieces or self._restore.has_kept:
            return False
        try:
            events = decode(body)
        except DecodeError:
            return False
        if len(events) > STEP_EVENTS:
            return False
        self._posts.append(digest)
        for batch in self._seen(events, len(body)) if events else ():
            self._apply(batch)
        return True

    def _taking(self, body: bytes) -> Iterator[None]:
        """Process a post in steps."""
        if (yield from self._repeats(body)):
            return
        post = yield from self._joiner.read(body)
        if post is None:
            self._invocations.lost()
            return
        if post.body is not body and (yield from self._repeats(post.body)):
            return
        self._posts.append(digest_of(post.body))
        for step in post.steps:
            yield from self._applying(self._seen(step.events, step.size))
            self._drop("malformed", step.others)
            yield

    def _seen(self, events: list[Any], size: int) -> list[list[Any]]:
        """Look at events, and return the batches to apply now."""
        self._each(self._invocations.see, events)
        return self._restore.take(events if self._recorder is None else self._record(self._recorder, events), size)

    def _applying(self, batches: Iterable[list[Any]]) -> Iterator[None]:
        for events in batches:
            self._apply(events)
            yield

    def _repeats(self, body: bytes) -> Generator[None, None, bool]:
        """Return whether a post was received before: Lambda resends posts whose answer it has not seen.

        Pieces are forgotten once joined, as those of two posts may well be equal.
        """
        if digest_of(body) not in self._posts and not self._joiner.holds(body):
            return False
        number = 0
        try:
            for step in decode_in_steps(body):
                number += len(step.events) + step.others
                yield
        except DecodeError:
            number = 1
        self._drop("repeat", number)
        return True

    def _give_up(self, reason: str) -> None:
        self._drop("malformed", 1)
        self._log.once("decode", f"skipped a telemetry post: {reason}")

    def _drop(self, reason: str, number: int) -> None:
        if number:
            dropped = self._store.counts.dropped
            dropped[reason] = dropped.get(reason, 0) + number

    def _apply(self, events: list[Any]) -> None:
        for event in events:
            if type(event) is dict and event.get("type") == "platform.logsDropped":
                self._log.once("logs-dropped", f"Lambda dropped telemetry before telemap received it{_losses(event)}")
        self._drop("internal_error", self._each(lambda left: apply(self._store.plan, left, self._store), events))
        self._counted(len(events))

    def _each(self, action: Callable[[Iterator[Any]], object], events: list[Any]) -> int:
        """Apply an action to events; return how many failed, without affecting the others."""
        left, faults = iter(events), 0
        while (before := length_hint(left)) and attempt(lambda: action(left) or _DONE, self._log) is None:
            faults += 1
            if length_hint(left) == before:  # the failure was not in an event
                return faults - 1 + before
        return faults

    def _record(self, recorder: Recorder, events: list[Any]) -> list[Any]:
        """Record events; return those not meant for the recording alone."""
        attempt(lambda: recorder.record(events), self._log)
        return recorder.applied(events)


def next_message(inbox: Inbox, telemetry: Telemetry, timeout: float | None) -> Message | None:
    """Wait for the next message; while posts are being processed, only check for a call, else do a turn."""
    if not telemetry.is_busy:
        return inbox.get(timeout)
    message = inbox.get_call()
    if message is None:
        telemetry.turn()
    return message


def _losses(event: dict[str, Any]) -> str:
    """Return the losses a platform.logsDropped reports."""
    record = event.get("record")
    if type(record) is not dict:
        return ""
    numbers = ((name, finite(record.get(name))) for name in ("droppedRecords", "droppedBytes"))
    told = [f"{name} {number:.0f}" for name, number in numbers if number is not None]
    reason = record.get("reason")
    return ": ".join(("", *told, *([reason[:_SHOWN]] if type(reason) is str else [])))
