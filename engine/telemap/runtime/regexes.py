"""Regexes within a budget of CPU time.

Python's `re` holds the GIL while it searches, and some regexes take years on crafted text. On the main thread, a timer
interrupts them; all regexes of one batch share `BATCH_SECONDS`.

The budget is CPU time, because a regex is not slow if the machine is busy, the function has a small share of a
processor, or Lambda froze the sandbox. If somebody is waiting, wall time is limited, too; a regex is not blamed for
that limit.
"""

from __future__ import annotations

import math
import re
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from telemap.path import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH_SECONDS: Final = 0.05
PATIENT_BATCH_SECONDS: Final = 1.0
"""The budget of commands, where no function waits: so much that a busy machine does not change what they show."""

CUTS_UNTIL_OFF: Final = 3
"""Number of interruptions after which a rule is off for the rest of the process."""

_TICK_SECONDS: Final = 0.002
"""Interval at which a timer checks, during a batch, whether a regex runs, and charges it for the CPU time since then.

One timer per batch is cheap; one timer, or two reads of the CPU clock, per search would cost more than most searches.
It is a wall-clock timer, because the kernel checks CPU timers rarely.
"""

_FROZEN_SECONDS: Final = 1.0
"""Wall time between two checks that means that the sandbox was frozen, and nobody waited."""

Found = TypeVar("Found")


class CutOff(Exception):  # noqa: N818 - a signal between a regex and its source, not an error that users see
    """The regexes of this batch have used up their budget."""


class Interrupted(CutOff):
    """This regex was running when the budget was used up, so it is the slow one."""


class Ticks:
    """Calls the handler of SIGALRM every few milliseconds, by the system's interval timer.

    Attributes:
        clock: returns the time that a regex is charged for: CPU time of this thread, in seconds.
    """

    def __init__(self) -> None:
        self.clock = time.thread_time
        self._began = 0.0
        self._timer = (0.0, 0.0)
        self._handler: Any = None

    def install(self, handler: Callable[[int, Any], None]) -> None:
        """Stop the process's timer, and replace its handler."""
        self._began = time.perf_counter()
        self._timer = signal.setitimer(signal.ITIMER_REAL, 0)
        self._handler = signal.signal(signal.SIGALRM, handler)

    def start(self) -> None:
        """Start the timer."""
        signal.setitimer(signal.ITIMER_REAL, _TICK_SECONDS, _TICK_SECONDS)

    def stop(self) -> None:
        """Restore the process's handler and its timer, less the time that has passed."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._handler)
        left, interval = self._timer
        if left:
            passed = time.perf_counter() - self._began
            signal.setitimer(signal.ITIMER_REAL, max(left - passed, 1e-6), interval)


class TicksOfHost(Ticks):
    """Signals of a host such as a browser, where Python has no timer: it sends them all the time.

    There is no clock of CPU time either, and nothing else runs: wall time is charged.
    """

    def __init__(self) -> None:
        self.clock = time.perf_counter
        self._handler: Any = None

    def install(self, handler: Callable[[int, Any], None]) -> None:
        """Replace the handler."""
        self._handler = signal.signal(signal.SIGALRM, handler)

    def start(self) -> None:
        """Do nothing: the signals come already."""

    def stop(self) -> None:
        """Restore the handler."""
        signal.signal(signal.SIGALRM, self._handler)


_TICKS: Final = TicksOfHost if sys.platform == "emscripten" else Ticks  # to ask `signal` would import it at the start


class RegexBudget:
    """The time budget of regexes in a batch.

    Other threads than the main one get no signals, so only the length of texts is limited there, and a nested
    quantifier can run for years. Apply plans to untrusted text on the main thread, as the extension and the commands
    do.

    Args:
        seconds: CPU time of all regexes in a batch.
        ticks: the timer; by default, what the platform has.

    Attributes:
        wall_seconds: limit on a batch's wall time, for when somebody is waiting.
    """

    def __init__(self, seconds: float = BATCH_SECONDS, ticks: Ticks | None = None) -> None:
        self.wall_seconds = math.inf
        self._seconds = seconds
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._left = seconds
        self._wall_left = math.inf
        self._waits = False
        self._armed = False
        self._running = False
        self._seen = self._wall_seen = 0.0
        self._ticks = _TICKS() if ticks is None else ticks

    def begin(self) -> None:
        """Begin a batch; the timer starts with the first regex, because many batches have none."""
        self._left = self._seconds
        self._wall_left = self.wall_seconds
        self._waits = True

    @property
    def is_spent(self) -> bool:
        """Whether the batch has used up its time, so that some of its rules were cut off."""
        return self._left <= 0

    def _arm(self) -> None:
        self._waits = False
        # A handler that is None was not set by Python, and could not be restored.
        on_main_thread = threading.current_thread() is threading.main_thread()
        if on_main_thread and signal.getsignal(signal.SIGALRM) is not None:
            self._ticks.install(self._tick)
            self._armed = True
            self._seen, self._wall_seen = self._ticks.clock(), time.perf_counter()
            self._ticks.start()

    def end(self) -> None:
        """End a batch, and restore the process's timer and handler, less the time that has passed."""
        self._waits = False
        if not self._armed:
            return
        self._armed = False
        self._ticks.stop()

    def bounded(self, function: Callable[[Any], Found]) -> Callable[[Any], Found]:
        """Return a function that runs another one within the budget.

        It raises `CutOff` if the budget is used up.
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
                self._running = False  # first, so that the timer raises nothing from here on

        return function_within_budget

    def searcher(self, pattern: str) -> Callable[[str], re.Match[str] | None]:
        """Return a function that searches a text within the budget."""
        if pattern not in self._compiled:  # Python caches few of them
            self._compiled[pattern] = re.compile(pattern)
        search = self._compiled[pattern].search
        return self.bounded(lambda text: search(text[:MAX_TEXT]))

    def _tick(self, _signal: int, _frame: object) -> None:
        """Charge the running regex for the time since the last check."""
        now, wall_now = self._ticks.clock(), time.perf_counter()
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
    """Turns off a rule that was too slow too often.

    Args:
        say: called when the rule is turned off.

    Attributes:
        live: a list whose only item is whether the rule is on.
    """

    def __init__(self, say: Callable[[], None]) -> None:
        self.live = [True]
        self._say = say
        self._cuts = 0

    def cut(self, reason: CutOff) -> None:
        """Count an interruption, but only of the regex that was itself slow."""
        if isinstance(reason, Interrupted):
            self._cuts += 1
            if self._cuts == CUTS_UNTIL_OFF:
                self.live[0] = False
                self._say()


def caught(find: Callable[[Any], Any], document: Any) -> Any:
    """Evaluate a path; return `CutOff` if it was interrupted."""
    try:
        return find(document)
    except CutOff:
        return CutOff
