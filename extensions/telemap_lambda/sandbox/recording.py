"""Split recorded telemetry into what Lambda emits at init, during each invocation, and after the last one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from telemap.errors import DecodeError
from telemap.numbers import finite
from telemap.recording import read_events
from telemap_lambda.sandbox.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

_REINITIALISED = ("platform.initStart", "platform.restoreStart")


Ending: TypeAlias = Literal["timeout", "failure", "taken", "refused"]


@dataclass(frozen=True)
class Invocation:
    """The events of one invocation, in their recorded order.

    Attributes:
        request_id: The id in its platform.start.
        before: Events before that: the initialisation after a crash or a timeout, which Lambda does in the next
            invocation.
        events: Events from platform.start to its platform.runtimeDone, or to its platform.report if there is no
            runtimeDone (managed instances).
        after: Its platform.report and the events after it.
        ending: How the process ends with it, if it does. With SHUTDOWN: `timeout`, or `failure` (the runtime crashed).
            Afterwards, without SHUTDOWN: `taken` (SIGKILL while frozen) or `refused` (no more events, 403). The next
            invocation starts a new process.

    """

    request_id: str
    before: tuple[object, ...] = ()
    events: tuple[object, ...] = ()
    after: tuple[object, ...] = ()
    ending: Ending | None = None

    @property
    def duration_seconds(self) -> float:
        """How long the function ran, from its runtimeDone or else its report; 0 if there is neither."""
        found = {
            kind: _duration_ms(event)
            for event in (*self.after, *self.events)
            if _request_id(event) == self.request_id and (kind := _type(event)) in _FINISHED
        }
        return max(found.get("platform.runtimeDone", found.get("platform.report", 0.0)), 0.0) / 1000


_FINISHED = ("platform.runtimeDone", "platform.report")


@dataclass(frozen=True)
class Recording:
    """The telemetry of an execution environment's life.

    Attributes:
        init: Events before the first invocation; all events if there is none.
        invocations: The invocations, in the order of their platform.start.
        trailing: Events after the last invocation's report.

    """

    init: tuple[object, ...] = ()
    invocations: Sequence[Invocation] = ()
    trailing: tuple[object, ...] = ()
    initialization_type: str = field(default="on-demand", compare=False)

    @classmethod
    def from_events(cls, events: Sequence[object]) -> Recording:
        """Split a list of events; nothing is lost or moved, not even items that are not events."""
        starts = [at for at, event in enumerate(events) if _starts_invocation(event)]
        init = tuple(events[: starts[0]] if starts else events)
        ends = [*starts, len(events)][1:]
        chunks = [list(events[start:end]) for start, end in zip(starts, ends, strict=True)]
        invocations: list[Invocation] = []
        carried: list[object] = []
        for chunk in chunks:
            invocation, carried = _cut(carried, chunk)
            invocations.append(invocation)
        trailing = tuple(carried)
        if invocations:
            last, trailing = _cut_trailing(invocations[-1], trailing)
            invocations[-1] = last
        return cls(init, tuple(invocations), trailing, _initialization_type(events))

    def with_endings(self) -> Recording:
        """Return the recording with a new process after each invocation whose events say that it ended one."""
        following = (*self.invocations[1:], None)  # one too many if there are no invocations
        ended = [
            replace(one, ending=_ending(one, after)) for one, after in zip(self.invocations, following, strict=False)
        ]
        return replace(self, invocations=tuple(ended))

    @property
    def events(self) -> Iterator[object]:
        """All events, in their recorded order."""
        yield from self.init
        for invocation in self.invocations:
            yield from (*invocation.before, *invocation.events, *invocation.after)
        yield from self.trailing


def load(path: Path) -> Recording:
    """Read a recording: a JSON array of events, or one event per line (NDJSON), optionally gzipped.

    Raises:
        RecordingError: The file cannot be read, or is not a recording.

    """
    try:
        with path.open("rb") as stream:
            return Recording.from_events(list(read_events(stream)))
    except (OSError, DecodeError) as error:
        message = f"{path}: {error}"
        raise RecordingError(message) from error


def stamped(event: object, at: datetime) -> object:
    """Return an event with its `time` set to `at` (UTC) and nothing else changed."""
    if not isinstance(event, dict) or "time" not in event:
        return event
    return {**event, "time": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"}


def _ending(invocation: Invocation, following: Invocation | None) -> Ending | None:
    """Return how a process ended with an invocation: by a timeout, or by a crash if an initialisation follows."""
    statuses = [_status(event) for event in (*invocation.events, *invocation.after)]
    if "timeout" in statuses:
        return "timeout"
    again = following is not None and any(_type(event) == "platform.initStart" for event in following.before)
    return "failure" if again else None


def _status(event: object) -> object:
    record = event.get("record") if isinstance(event, dict) and _type(event) in _FINISHED else None
    return record.get("status") if isinstance(record, dict) else None


def restored_at(events: Sequence[object]) -> int | None:
    """Return the index at which a snapshot is restored; None if it is not."""
    return next((at for at, event in enumerate(events) if _type(event) == "platform.restoreStart"), None)


def _type(event: object) -> str:
    kind = event.get("type") if isinstance(event, dict) else None
    return kind if isinstance(kind, str) else ""


def _request_id(event: object) -> str | None:
    record = event.get("record") if isinstance(event, dict) else None
    found = record.get("requestId") if isinstance(record, dict) else None
    return found if isinstance(found, str) else None


def _duration_ms(event: object) -> float:
    metrics = event["record"].get("metrics") if isinstance(event, dict) else None
    return (finite(metrics.get("durationMs")) if isinstance(metrics, dict) else None) or 0.0


def _starts_invocation(event: object) -> bool:
    return _type(event) == "platform.start" and _request_id(event) is not None


def _cut(before: list[object], chunk: list[object]) -> tuple[Invocation, list[object]]:
    """Split the events between two platform.start; also return those that belong before the next one."""
    request_id = _request_id(chunk[0]) or ""
    own = {_type(event): at for at, event in enumerate(chunk) if _request_id(event) == request_id}
    done = own.get("platform.runtimeDone")
    report = own.get("platform.report")
    middle = done + 1 if done is not None else report if report is not None else len(chunk)
    again = (at for at, event in enumerate(chunk) if at >= middle and _type(event) in _REINITIALISED)
    end = next(again, len(chunk))
    parts = tuple(before), tuple(chunk[:middle]), tuple(chunk[middle:end])
    return Invocation(request_id, *parts), chunk[end:]


def _cut_trailing(last: Invocation, carried: tuple[object, ...]) -> tuple[Invocation, tuple[object, ...]]:
    """Split the events after the last invocation's report from it; they are trailing."""
    reports = [at for at, event in enumerate(last.after) if _type(event) == "platform.report"]
    end = reports[-1] + 1 if reports else len(last.after)
    kept = Invocation(last.request_id, last.before, last.events, last.after[:end])
    return kept, last.after[end:] + carried


def _initialization_type(events: Sequence[object]) -> str:
    for event in events:
        record = event.get("record") if isinstance(event, dict) else None
        found = record.get("initializationType") if isinstance(record, dict) else None
        if isinstance(found, str):
            return found
    return "on-demand"
