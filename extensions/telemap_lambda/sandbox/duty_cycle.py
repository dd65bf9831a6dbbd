"""Limit a process to a share of a processor without a cgroup, by stopping it when it has used its share."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from telemap_lambda.sandbox.usage import descendants

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_SECONDS = 0.002
_SAVED_SECONDS = 0.02  # maximum CPU time saved up while waiting, as with a quota's period
_CLOCK_OF_PROCESS = 2  # CPUCLOCK_SCHED, of which clock_getcpuclockid(3) makes a clock's number


class DutyCycle:
    """Stops a process and its descendants while they are ahead of their share.

    Their use is read from their CPU-time clocks, so waiting does not count.

    Args:
        process_id: The process.
        share: The share of one processor.
        stop: Called with True to stop them, and with False to continue them.

    """

    def __init__(self, process_id: int, share: float, stop: Callable[[bool], None]) -> None:
        self._process_id = process_id
        self._share = share
        self._stop = stop
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"share of {process_id}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End the limit, and continue stopped processes."""
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
    """The CPU time that processes may still use: it grows with time by their share, and shrinks with their use.

    Args:
        share: The share of one processor.

    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._balance = share * _SAVED_SECONDS

    def is_overdrawn(self, passed: float, taken: float) -> bool:
        """Account for the time since the last call; return whether the processes are ahead of their share.

        Args:
            passed: Seconds that have passed.
            taken: Seconds of CPU time used.

        """
        self._balance = min(self._balance + passed * self._share - taken, self._share * _SAVED_SECONDS)
        return self._balance < 0


def _cpu_seconds(process_id: int) -> dict[int, float]:
    """Return the CPU time of a process and of each of its descendants that are alive."""
    found = {}
    for one in (process_id, *descendants(process_id)):
        with contextlib.suppress(OSError):  # it has ended
            found[one] = time.clock_gettime((~one << 3) | _CLOCK_OF_PROCESS)
    return found
