"""Holding a process to a share of a processor where no cgroup may be made: it is stopped when it has had its share."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from telemap_lambda.sandbox.usage import descendants

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_SECONDS = 0.002
_SAVED_SECONDS = 0.02  # of the process's own time at most, as a quota's period would give after a wait
_CLOCK_OF_PROCESS = 2  # CPUCLOCK_SCHED: what clock_getcpuclockid(3) builds a clock's number with


class DutyCycle:
    """Stops a process and what it started while they are ahead of their share, and lets them go on after.

    What they take is read from their clocks of CPU time, so that one that waits loses nothing.

    Args:
        process_id: Whose time.
        share: Of one processor.
        stop: Called with True to stop them and with False to let them go on.

    """

    def __init__(self, process_id: int, share: float, stop: Callable[[bool], None]) -> None:
        self._process_id = process_id
        self._share = share
        self._stop = stop
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"share of {process_id}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop no more; what is stopped goes on."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        account = Account(self._share)
        at, taken = time.monotonic(), dict[int, float]()
        stopped = False
        while not self._ended.wait(_LOOK_SECONDS):
            now, total = time.monotonic(), _cpu_seconds(self._process_id)
            spent = sum(seconds - taken.get(process_id, 0.0) for process_id, seconds in total.items())
            overdrawn = account.is_overdrawn(now - at, spent)
            at, taken = now, total
            if stopped != overdrawn:
                stopped = not stopped
                self._stop(stopped)
        if stopped:
            self._stop(False)  # noqa: FBT003 - the callback's one meaning


class Account:
    """What processes may still take: it grows with time by their share, and shrinks by what they take.

    Args:
        share: Of one processor.

    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._balance = share * _SAVED_SECONDS

    def is_overdrawn(self, passed: float, taken: float) -> bool:
        """Book what happened since the last look; return whether the processes are ahead of their share.

        Args:
            passed: Seconds of time.
            taken: Seconds of CPU time.

        """
        self._balance = min(self._balance + passed * self._share - taken, self._share * _SAVED_SECONDS)
        return self._balance < 0


def _cpu_seconds(process_id: int) -> dict[int, float]:
    """Return the CPU time of a process and of each that it started, as long as they live."""
    found = {}
    for one in (process_id, *descendants(process_id)):
        with contextlib.suppress(OSError):  # it has ended
            found[one] = time.clock_gettime((~one << 3) | _CLOCK_OF_PROCESS)
    return found
