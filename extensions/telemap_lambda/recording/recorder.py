"""Record the events that come, for people who build mappings from what their own functions send.

A recording is bounded, and ends when it cannot be written. It never has a part in what becomes of the events.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any, Protocol

from telemap_lambda.recording.anonymizing import shape_of_event
from telemap_lambda.recording.log_lines import is_recorded_line, write_end, write_event

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from telemap_lambda.log import Log
    from telemap_lambda.settings.model import Settings

TO_LOG = "log"

CATEGORIES = ("platform", "function")
"""What is subscribed for a recording. `extension` is not: the lines of a recording would come back with it."""

_MOST_BYTES_OF_AN_EVENT = 64 * 1024
"""A quarter of what CloudWatch takes as one line."""

_LOG_CATEGORIES = ("function", "extension")


class RecordingEnd(Exception):  # noqa: N818 - it is an end, and most often none that is an error
    """Nothing more can be recorded; the words say why."""


class _Sink(Protocol):
    """Where a recording goes."""

    def write(self, texts: Iterable[str]) -> None:
        """Write events as JSON; RecordingEnd when it cannot be."""

    def begin(self) -> None:
        """Begin another process's recording."""


class Recorder:
    """Record events.

    Args:
        sink: where they go.
        wanted: the categories of telemetry that the mapping wants, none where there is nothing to map for; events of
            others have come for the recording alone.
        log: told, once, that the recording has ended.
        with_logs: whether log text is kept.
    """

    def __init__(self, sink: _Sink, wanted: Collection[str], log: Log, *, with_logs: bool) -> None:
        self._sink: _Sink | None = sink
        self._maps = bool(wanted)
        self._unwanted = frozenset(_LOG_CATEGORIES).difference(wanted)
        self._log = log
        self._with_logs = with_logs

    def record(self, events: Iterable[Any]) -> None:
        """Record the events of a post; what is no event is left out."""
        if self._sink is None:
            return
        new = [event for event in events if _is_event(event) and not is_recorded_line(event)]
        if any(event["type"] == "platform.restoreStart" for event in new):
            self._sink.begin()  # other environments are restored from the same snapshot
        try:
            self._sink.write(self._texts(new))
        except RecordingEnd as end:
            self._sink = None
            self._log.warning(f"recording ended: {end}")

    def applied(self, events: list[Any]) -> list[Any]:
        """Return the events that would have come without a recording."""
        if not self._maps:
            return []
        return [
            event
            for event in events
            if not (_is_event(event) and (event["type"] in self._unwanted or is_recorded_line(event)))
        ]

    def _texts(self, events: Iterable[dict[str, Any]]) -> Iterator[str]:
        for event in events:
            try:
                kept = event if self._with_logs else shape_of_event(event)
                text = json.dumps(kept, separators=(",", ":"), allow_nan=False)
            except (ValueError, RecursionError):  # a number that JSON does not have; arrays in arrays without end
                continue
            if len(text) <= _MOST_BYTES_OF_AN_EVENT:
                yield text
            else:
                self._log.once("record-event", "events of more than 64 KiB are not recorded")


class LogSink:
    """Write to standard error, which Lambda takes to CloudWatch.

    Args:
        bound: most bytes.
    """

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._left = bound
        self.begin()

    def begin(self) -> None:
        """Begin another process's recording."""
        self._process = os.urandom(4).hex()
        self._number = 0

    def write(self, texts: Iterable[str]) -> None:
        """Write a line for each event.

        Raises:
            RecordingEnd: the bound is reached, or nothing can be written.
        """
        for text in texts:
            self._number += 1
            line = write_event(self._process, self._number, text)
            self._left -= len(line)
            if self._left < 0:
                reason = at_bound(self._bound)
                self._print(write_end(self._process, self._number, reason))
                raise RecordingEnd(reason)
            self._print(line)

    def _print(self, line: str) -> None:
        try:
            print(line, end="", file=sys.stderr, flush=True)
        except (OSError, ValueError) as error:
            raise RecordingEnd(f"standard error cannot be written: {error}") from error


class FileSink:
    """Append to a file, a line for each event.

    It is opened for each post, so that a function may take it away, and what it has already counts for the bound: the
    process may be one that Lambda started again.

    Args:
        path: of a regular file, or of none.
        bound: most bytes of the file.
    """

    def __init__(self, path: str, bound: int) -> None:
        self._path = path
        self._bound = bound

    def begin(self) -> None:
        """Begin another process's recording: in a file it is of no account."""

    def write(self, texts: Iterable[str]) -> None:
        """Write a line for each event.

        Raises:
            RecordingEnd: the bound is reached, or the file cannot be written.
        """
        try:
            descriptor = os.open(self._path, _APPEND, 0o600)
            try:
                self._append(descriptor, texts)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise RecordingEnd(f"{self._path} cannot be written: {error.strerror}") from error

    def _append(self, descriptor: int, texts: Iterable[str]) -> None:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise RecordingEnd(f"{self._path} is no regular file")
        lines, fits = _within(self._bound - status.st_size, texts)
        content = "".join(lines).encode()
        if os.write(descriptor, content) < len(content):
            os.ftruncate(descriptor, status.st_size)  # half a line would spoil the whole
            raise RecordingEnd(f"{self._path} cannot be written: no space is left")
        if not fits:
            raise RecordingEnd(at_bound(self._bound))


_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
"""A pipe without a reader refuses, where it would else wait for one; so does a link, where it would lead elsewhere."""


def _within(bound: int, texts: Iterable[str]) -> tuple[list[str], bool]:
    """Return the lines for which there is room, and tell whether these are all."""
    lines: list[str] = []
    for text in texts:
        bound -= len(text) + 1
        if bound < 0:
            return lines, False
        lines.append(f"{text}\n")
    return lines, True


def make_recorder(settings: Settings, wanted: Collection[str], log: Log) -> Recorder:
    """Make what the settings ask for.

    Args:
        settings: with a recording.
        wanted: as `Recorder` has it.
        log: told when it ends.
    """
    bound = settings.record_max_bytes
    sink: _Sink = LogSink(bound) if settings.record == TO_LOG else FileSink(settings.record, bound)
    log.info(f"recording to {settings.record}, {bound} bytes at most")
    return Recorder(sink, wanted, log, with_logs=settings.record_logs)


def at_bound(bound: int) -> str:
    """Report that a recording is as large as it may be."""
    return f"it has reached its bound of {bound} bytes, TELEMAP_RECORD_MAX_BYTES"


def _is_event(event: Any) -> bool:
    return type(event) is dict and type(event.get("type")) is str
