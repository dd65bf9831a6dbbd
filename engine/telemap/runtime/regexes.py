"""Regexes within a budget of CPU time.

Python's `re` holds the interpreter while it searches, and some regexes need years on text that someone made for it. On
the main thread a timer interrupts them; the regexes of one batch have `BATCH_SECONDS` together.

The budget is CPU time: a regex is not slow because the machine is busy, because the function has a small share of a
processor, or because Lambda froze the sandbox meanwhile. Where somebody waits, wall time is bounded as well; what that
cuts off is not to blame.
"""

from __future__ import annotations

import math
import re
import signal
import threading
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from telemap.path import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH_SECONDS: Final = 0.05
CUTS_UNTIL_OFF: Final = 3
"""A source that was cut off so often is off for the rest of the process."""

_TICK_SECONDS: Final = 0.002
"""How often, while a batch is applied, a timer looks whether a regex runs, and charges it for the CPU time since then.

One timer a batch is cheap. A timer, or two looks at the clock of CPU time, for each search would cost more than most
searches do. The timer is one of wall time: the kernel looks at timers of CPU time only now and then.
"""

_FROZEN_SECONDS: Final = 1.0
"""Wall time between two looks from which on the sandbox was frozen, and nobody waited."""

Found = TypeVar("Found")


class CutOff(Exception):  # noqa: N818 - a signal between a regex and its source, not an error that users see
    """The regexes of this batch have used up their time."""


class Interrupted(CutOff):
    """The CPU time was used up while this regex ran: it is the slow one, where others only came too late."""


class RegexBudget:
    """The time that regexes may take in a batch.

    Off the main thread, where no signal can be had, there is no limit of time: only the length of texts is bounded, and
    a nested quantifier can hold the interpreter for years. Whoever applies plans to text of others does so on the main
    thread, as the extension and the commands do.

    Attributes:
        wall_seconds: bounds a batch's wall time, too, where somebody must not be kept waiting.
    """

    def __init__(self) -> None:
        self.wall_seconds = math.inf
        self._left = BATCH_SECONDS
        self._wall_left = math.inf
        self._waits = False
        self._armed = False
        self._running = False
        self._began = self._seen = self._wall_seen = 0.0
        self._handler: Any = None
        self._timer = (0.0, 0.0)

    def begin(self) -> None:
        """Begin a batch; the timer waits for the first regex, as many batches need none."""
        self._left = BATCH_SECONDS
        self._wall_left = self.wall_seconds
        self._waits = True

    def _arm(self) -> None:
        self._waits = False
        # A handler that is None was not set from Python, and could not be put back.
        on_main_thread = threading.current_thread() is threading.main_thread()
        if on_main_thread and signal.getsignal(signal.SIGALRM) is not None:
            self._began = time.perf_counter()
            self._timer = signal.setitimer(signal.ITIMER_REAL, 0)
            self._handler = signal.signal(signal.SIGALRM, self._tick)
            self._armed = True
            self._seen, self._wall_seen = time.thread_time(), time.perf_counter()
            signal.setitimer(signal.ITIMER_REAL, _TICK_SECONDS, _TICK_SECONDS)

    def end(self) -> None:
        """End a batch, and leave the process's timer and its handler as they were, but for the time that has passed."""
        self._waits = False
        if not self._armed:
            return
        self._armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._handler)
        left, interval = self._timer
        if left:
            passed = time.perf_counter() - self._began
            signal.setitimer(signal.ITIMER_REAL, max(left - passed, 1e-6), interval)

    def bounded(self, function: Callable[[Any], Found]) -> Callable[[Any], Found]:
        """Make the function that does what another does, within the budget.

        The function raises `CutOff` when the budget is used up.
        """

        def function_within_budget(argument: Any) -> Found:
            if self._waits:
                self._arm()
            if self._armed and self._left <= 0:
                raise CutOff
            try:
                self._running = True
                return function(argument)
            finally:
                self._running = False  # first of all: from here on the timer raises nothing

        return function_within_budget

    def searcher(self, pattern: str) -> Callable[[str], re.Match[str] | None]:
        """Make the function that searches a text, within the budget."""
        search = re.compile(pattern).search
        return self.bounded(lambda text: search(text[:MAX_TEXT]))

    def _tick(self, _signal: int, _frame: object) -> None:
        """Charge the regex that runs for the time since the last look."""
        now, wall_now = time.thread_time(), time.perf_counter()
        spent, waited = now - self._seen, wall_now - self._wall_seen
        self._seen, self._wall_seen = now, wall_now
        if not self._running:
            return
        self._left -= spent
        if self._left <= 0:
            raise Interrupted
        self._wall_left -= waited if waited < _FROZEN_SECONDS else 0.0
        if self._wall_left <= 0:
            self._left = 0.0
            raise CutOff


class Switch:
    """Turns off what was too slow too often.

    Args:
        say: called when it is turned off.

    Attributes:
        live: a list whose only item tells whether it is on.
    """

    def __init__(self, say: Callable[[], None]) -> None:
        self.live = [True]
        self._say = say
        self._cuts = 0

    def cut(self, reason: CutOff) -> None:
        """Count that it was cut off; only what was interrupted itself is to blame."""
        if isinstance(reason, Interrupted):
            self._cuts += 1
            if self._cuts == CUTS_UNTIL_OFF:
                self.live[0] = False
                self._say()


def caught(find: Callable[[Any], Any], document: Any) -> Any:
    """Find; give `CutOff` where that was cut off."""
    try:
        return find(document)
    except CutOff:
        return CutOff
