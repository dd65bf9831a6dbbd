"""Regexes within a budget of time.

Python's `re` holds the interpreter while it searches, and some regexes need years on text that someone made for it. On
the main thread a timer interrupts them; the regexes of one batch have `BATCH_SECONDS` together.
"""

from __future__ import annotations

import re
import signal
import threading
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH_SECONDS: Final = 0.05
MAX_TEXT: Final = 8192
"""Most characters of a text that a regex sees."""

CUTS_UNTIL_OFF: Final = 3
"""A source that was cut off so often is off for the rest of the process."""


class CutOff(Exception):  # noqa: N818 - a signal between a regex and its source, not an error that users see
    """The regexes of this batch have used up their time."""


class RegexBudget:
    """The time that regexes may take in a batch.

    Off the main thread, where no signal can be had, only the length of texts is bounded.
    """

    def __init__(self) -> None:
        self._left = BATCH_SECONDS
        self._previous: Any = None
        self._armed = False

    def begin(self) -> None:
        """Begin a batch."""
        self._left = BATCH_SECONDS
        self._armed = threading.current_thread() is threading.main_thread()
        if self._armed:
            self._previous = signal.signal(signal.SIGALRM, _cut)

    def end(self) -> None:
        """End a batch, and leave the process's signal handler as it was."""
        if self._armed:
            signal.signal(signal.SIGALRM, self._previous)
            self._armed = False

    def searcher(self, pattern: str) -> Callable[[str], re.Match[str] | None]:
        """Make the function that searches a text.

        The function raises `CutOff` when the budget is used up.
        """
        search = re.compile(pattern).search

        def search_within_budget(text: str) -> re.Match[str] | None:
            if not self._armed:
                return search(text[:MAX_TEXT])
            if self._left <= 0:
                raise CutOff
            began = time.perf_counter()
            try:
                signal.setitimer(signal.ITIMER_REAL, self._left)
                return search(text[:MAX_TEXT])
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                self._left -= time.perf_counter() - began

        return search_within_budget


def _cut(_signal: int, _frame: object) -> None:
    raise CutOff
