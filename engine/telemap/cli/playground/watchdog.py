"""End what takes too long on the main thread, so that it answers other tabs again."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class TooLongError(BaseException):
    """What was watched took too long. No barrier for exceptions holds it."""


class Watchdog:
    """Watches the main thread by a timer of the operating system, which ends a regex as well.

    It uses ITIMER_PROF and SIGPROF; the budget of regexes has ITIMER_REAL and SIGALRM.

    Args:
        seconds: CPU time of this process after which what is watched ends: a busy machine ends nothing.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._is_watching = False

    @contextmanager
    def on_duty(self) -> Iterator[None]:
        """Be ready to watch, on the main thread."""
        before = signal.signal(signal.SIGPROF, self._end)
        try:
            yield
        finally:
            signal.signal(signal.SIGPROF, before)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch what the block does.

        Raises:
            TooLongError: within the block, when it has taken too long.
        """
        self._is_watching = True
        signal.setitimer(signal.ITIMER_PROF, self._seconds)
        try:
            yield
        finally:
            self._is_watching = False  # from here on, a signal that is on its way ends nothing
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        if self._is_watching:
            self._is_watching = False
            raise TooLongError
