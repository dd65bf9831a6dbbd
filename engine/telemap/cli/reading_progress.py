"""A progress bar for reading a recording: on a terminal, and only if it takes long."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from telemap.cli.files import RecordingFile

_DELAY_SECONDS: Final = 0.5
"""Time after which the bar appears."""


class ReadingProgress:
    """Show on standard error how much of a recording has been read."""

    def __init__(self, recording: RecordingFile) -> None:
        self._recording = recording
        self._is_shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._began = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> ReadingProgress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, events: int) -> None:
        """Update the bar to a number of events applied."""
        seconds = time.monotonic() - self._began
        if not self._is_shown or seconds < _DELAY_SECONDS:
            return
        if self._bar is None:
            self._start()
        if self._bar is not None and self._task is not None:
            description = f"{events:,} events, {events / seconds:,.0f} per second"
            self._bar.update(self._task, completed=self._recording.done, description=description)

    def _start(self) -> None:
        """Show the bar; it disappears at the end, because the output may go to the same terminal."""
        from rich.console import Console  # noqa: PLC0415 - rich is slow to import, and most recordings are short
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("", total=self._recording.size)
        self._bar.start()
