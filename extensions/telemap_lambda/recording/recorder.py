"""Record events, so that users can write mappings for what their own functions send.

A recording is limited in size, and ends if it cannot be written. It never affects how events are processed.
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
"""The categories to subscribe to. `extension` is not one of them: it would return the recorded lines as telemetry."""

_MAX_BYTES_OF_AN_EVENT = 64 * 1024
"""A quarter of the maximum length of a line in CloudWatch."""

_LOG_CATEGORIES = ("function", "extension")


class RecordingEnded(Exception):  # noqa: N818 - usually not an error
    """Nothing more can be recorded; the message says why."""


class _Sink(Protocol):
    """The destination of a recording."""

    def write(self, texts: Iterable[str]) -> None:
        """Write events as JSON, or raise RecordingEnded."""

    def begin(self) -> None:
        """Begin the recording of another process."""


class Recorder:
    """Record events.

    Args:
        sink: where to write them.
        wanted: the categories of telemetry that the mapping reads, if any; others are only for the recording.
        log: logs, once, that the recording has ended.
        with_logs: whether to keep log text.
    """

    def __init__(self, sink: _Sink, wanted: Collection[str], log: Log, *, with_logs: bool) -> None:
        self._sink: _Sink | None = sink
        self._maps = bool(wanted)
        self._unwanted = frozenset(_LOG_CATEGORIES).difference(wanted)
        self._log = log
        self._with_logs = with_logs

    def record(self, events: Iterable[Any]) -> None:
        """Record the events of a post; anything else is skipped."""
        if self._sink is None:
            return
        new = [event for event in events if _is_event(event) and not is_recorded_line(event)]
        if any(event["type"] == "platform.restoreStart" for event in new):
            self._sink.begin()  # other environments may be restored from the same snapshot
        try:
            self._sink.write(self._texts(new))
        except RecordingEnded as end:
            self._sink = None
            self._log.warning(f"recording ended: {end}")

    def applied(self, events: list[Any]) -> list[Any]:
        """Return the events that would have arrived without a recording."""
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
            except (ValueError, RecursionError):  # a number that JSON cannot represent, or arrays nested too deeply
                continue
            if len(text) <= _MAX_BYTES_OF_AN_EVENT:
                yield text
            else:
                self._log.once("record-event", "events larger than 64 KiB are not recorded")


class LogSink:
    """Write to standard error, which Lambda sends to CloudWatch.

    Args:
        bound: maximum size in bytes.
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
            RecordingEnded: the bound is reached, or nothing can be written.
        """
        for text in texts:
            self._number += 1
            line = write_event(self._process, self._number, text)
            self._left -= len(line)
            if self._left < 0:
                reason = limit_reached(self._bound)
                self._print(write_end(self._process, self._number, reason))
                raise RecordingEnded(reason)
            self._print(line)

    def _print(self, line: str) -> None:
        try:
            print(line, end="", file=sys.stderr, flush=True)
        except (OSError, ValueError) as error:
            raise RecordingEnded(f"cannot write to standard error: {error}") from error


class FileSink:
    """Append to a file, one line per event.

    The file is opened for each post, so that a function may remove it. Its existing content counts towards the limit,
    because Lambda may have restarted the process.

    Args:
        path: a regular file, which need not exist.
        bound: maximum size of the file in bytes.
    """

    def __init__(self, path: str, bound: int) -> None:
        self._path = path
        self._bound = bound

    def begin(self) -> None:
        """Do nothing: a file does not distinguish processes."""

    def write(self, texts: Iterable[str]) -> None:
        """Write a line for each event.

        Raises:
            RecordingEnded: the bound is reached, or the file cannot be written.
        """
        try:
            descriptor = os.open(self._path, _APPEND, 0o600)
            try:
                self._append(descriptor, texts)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise RecordingEnded(f"{self._path} cannot be written: {error.strerror}") from error

    def _append(self, descriptor: int, texts: Iterable[str]) -> None:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise RecordingEnded(f"{self._path} is not a regular file")
        lines, fits = _lines_that_fit(self._bound - status.st_size, texts)
        content = "".join(lines).encode()
        if os.write(descriptor, content) < len(content):
            os.ftruncate(descriptor, status.st_size)  # a partial line would damage the recording
            raise RecordingEnded(f"{self._path} cannot be written: no space left on the device")
        if not fits:
            raise RecordingEnded(limit_reached(self._bound))


_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
"""O_NONBLOCK: fail for a pipe without a reader instead of waiting. O_NOFOLLOW: fail for a symbolic link."""


def _lines_that_fit(bound: int, texts: Iterable[str]) -> tuple[list[str], bool]:
    """Return the lines that fit, and whether all do."""
    lines: list[str] = []
    for text in texts:
        bound -= len(text) + 1
        if bound < 0:
            return lines, False
        lines.append(f"{text}\n")
    return lines, True


def make_recorder(settings: Settings, wanted: Collection[str], log: Log) -> Recorder:
    """Create the recorder that the settings specify.

    Args:
        settings: settings with a recording.
        wanted: see `Recorder`.
        log: see `Recorder`.
    """
    bound = settings.record_max_bytes
    sink: _Sink = LogSink(bound) if settings.record == TO_LOG else FileSink(settings.record, bound)
    log.info(f"recording to {settings.record}, {bound} bytes at most")
    return Recorder(sink, wanted, log, with_logs=settings.record_logs)


def limit_reached(bound: int) -> str:
    """Return the message for a recording that has reached its size limit."""
    return f"reached the limit of {bound} bytes (TELEMAP_RECORD_MAX_BYTES)"


def _is_event(event: Any) -> bool:
    return type(event) is dict and type(event.get("type")) is str
