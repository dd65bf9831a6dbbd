"""Apply a recording batch by batch, as far as it can be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from telemap.cli import EXIT_INTERRUPTED, EXIT_PROBLEMS
from telemap.cli.files import is_telemetry_event, log_advice, no_telemetry
from telemap.cli.interruption import Interruption
from telemap.cli.reading_progress import ReadingProgress
from telemap.count_text import count_text
from telemap.errors import DecodeError
from telemap.recording import DamagedError, EventReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telemap.cli.files import RecordingFile
    from telemap.preview.trial import Trial

_MAX_REPORTED: Final = 3
"""Skipped lines that are reported one by one."""

SKIP_ADVICE: Final = "; use --skip-bad-lines to skip such lines"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How much of a recording was applied.

    Attributes:
        events: number of events applied.
        bad_lines: number of lines skipped.
        exit_code: 0 if the recording was read to its end.
        message: why it was not; empty if it was.
        has_invalid_utf8: whether some bytes were not UTF-8.
    """

    events: int
    bad_lines: int
    exit_code: int = 0
    message: str = ""
    has_invalid_utf8: bool = False

    @property
    def failed_at_once(self) -> bool:
        """Return whether reading failed before any event was applied."""
        return bool(self.exit_code and not self.events)


class BadLines:
    """Report the first few skipped lines.

    Args:
        report: called with each message.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._count = 0

    def __call__(self, message: str) -> None:
        """Report a run of skipped lines."""
        self._count += 1
        if self._count <= _MAX_REPORTED:
            self._report(f"skipped: {message}")


def apply_recording(
    recording: RecordingFile, name: str, trials: Sequence[Trial], bad_lines: BadLines | None
) -> Outcome:
    """Apply the events of a recording to each trial, up to its end, an error in it, or Ctrl-C.

    Args:
        recording: the open recording.
        name: its name on the command line.
        trials: each gets every event.
        bad_lines: reports skipped lines; without it, a bad line is an error.
    """
    reader = EventReader(recording.read, on_bad=bad_lines)
    applied, is_telemetry = 0, False
    code, message = 0, ""
    try:
        with Interruption() as interruption, ReadingProgress(recording) as progress:
            for batch in reader.batches():
                with interruption.held():
                    for trial in trials:
                        trial.apply(batch)
                    applied += len(batch)
                    is_telemetry = is_telemetry or any(map(is_telemetry_event, batch))
                progress.advance(applied)
    except DecodeError as error:
        code, message = EXIT_PROBLEMS, f"{name}: {error}{_advice(name, applied, error)}"
    except KeyboardInterrupt:
        code, message = EXIT_INTERRUPTED, interrupted_after(applied)
    if not code and not is_telemetry:
        code, message = EXIT_PROBLEMS, no_telemetry(name) + log_advice(name)
    return Outcome(applied, reader.bad, code, message, reader.has_invalid_utf8)


def interrupted_after(events: int) -> str:
    """Return the message after Ctrl-C."""
    return f"interrupted after {count_text(events, 'event')}; the output covers these"


def covers(events: int) -> str:
    """Return the end of a message about a recording that was read only in part."""
    return f"; the output covers the {count_text(events, 'event')} before it"


def _advice(name: str, applied: int, error: DecodeError) -> str:
    is_damaged = isinstance(error, DamagedError)
    if advice := log_advice(name):
        return advice
    if applied:
        return covers(applied) + ("" if is_damaged else SKIP_ADVICE)
    if is_damaged:
        return ""
    if PurePath(name).suffix in {".yaml", ".yml"}:
        return "; name the mapping first, then the recording"
    return "; a recording is a JSON array of events, or one event per line"
