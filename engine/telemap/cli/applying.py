"""Apply a recording, batch by batch, as far as it goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from telemap.cli import EXIT_INTERRUPTED, EXIT_PROBLEMS
from telemap.cli.files import is_telemetry_event, no_telemetry
from telemap.cli.interruption import Interruption
from telemap.cli.reading_progress import ReadingProgress
from telemap.errors import DecodeError
from telemap.recording import DamagedError, EventReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telemap.cli.files import RecordingFile
    from telemap.preview.trial import Trial

_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a recording was applied.

    Attributes:
        events: how many were applied.
        bad_lines: how many were passed over.
        exit_code: 0 where it was read to its end.
        trouble: what people should know, if anything.
        is_foreign: whether some bytes were no UTF-8.
    """

    events: int
    bad_lines: int
    exit_code: int = 0
    trouble: str = ""
    is_foreign: bool = False

    @property
    def is_void(self) -> bool:
        """Return whether something is wrong, and nothing was applied before."""
        return bool(self.exit_code and not self.events)


class BadLines:
    """Tell of lines that are passed over, but only of the first few.

    Args:
        say: called with each line of text.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._told = 0

    def __call__(self, what: str) -> None:
        """Take one, or several that follow one another."""
        self._told += 1
        if self._told <= _TOLD:
            self._say(f"skipped: {what}")


def apply_recording(
    recording: RecordingFile, name: str, trials: Sequence[Trial], bad_lines: BadLines | None
) -> Outcome:
    """Apply the events of a recording to each trial, until its end, a fault in it, or Ctrl-C.

    Args:
        recording: what is read.
        name: what the user called it.
        trials: what the events are applied to.
        bad_lines: told of lines that are passed over; without it such a line is a fault.
    """
    reader = EventReader(recording.read, on_bad=bad_lines)
    applied, is_telemetry = 0, False
    code, trouble = 0, ""
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
        code, trouble = EXIT_PROBLEMS, f"{name}: {error}{_what_to_do(name, applied, error)}"
    except KeyboardInterrupt:
        code, trouble = EXIT_INTERRUPTED, f"interrupted after {applied:,} events; the output covers these"
    if not code and not is_telemetry:
        code, trouble = EXIT_PROBLEMS, no_telemetry(name)
    return Outcome(applied, reader.bad, code, trouble, reader.is_foreign)


def _what_to_do(name: str, applied: int, error: DecodeError) -> str:
    if applied:
        shown = "the event" if applied == 1 else f"the {applied:,} events"
        advice = "" if isinstance(error, DamagedError) else ", and --skip-bad-lines skips such lines"
        return f"; the output covers {shown} before that{advice}"
    if isinstance(error, DamagedError):
        return ""
    if PurePath(name).suffix in {".yaml", ".yml"}:
        return "; the mapping comes first, then the recorded events"
    return "; a recording is a JSON array of events, or has one event a line"
