"""Threads and condition variables, from the functions on which `threading` is built.

`threading` takes milliseconds to import at a start, and makes a new thread and its starter wait for each other.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _thread import LockType
    from collections.abc import Callable
    from types import TracebackType


def start(name: str, action: Callable[[], object]) -> None:
    """Run an action in a thread that does not keep the process alive.

    Args:
        name: the name of the thread, for `report`.
        action: the action.
    """
    start_new_thread(_run, (name, action))


def _run(name: str, action: Callable[[], object]) -> None:
    try:
        action()
    except Exception as error:  # noqa: BLE001 - it ends the thread, and must not end unseen
        report(name, error)


def _raise(_: str, error: Exception) -> None:
    raise error


report: Callable[[str, Exception], None] = _raise
"""Called in a thread that an exception has ended, with the thread's name; `telemap_lambda.barrier` sets it."""


def claim_main_thread() -> None:
    """Import `threading` in the main thread: Python takes the thread that first does for the main one."""
    import threading  # noqa: F401, PLC0415 - a start does without


class Condition:
    """The part of `threading.Condition` in use."""

    __slots__ = ("_lock", "_waiting")

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._waiting: deque[LockType] = deque()

    def __enter__(self) -> bool:
        return self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._lock.release()

    def wait(self, timeout: float | None = None) -> bool:
        """Release the lock, wait to be notified, and take the lock again.

        Args:
            timeout: the maximum wait, in seconds; None for no limit.

        Returns:
            Whether it was notified.
        """
        mine = allocate_lock()
        mine.acquire()
        self._waiting.append(mine)
        self._lock.release()
        notified = False
        try:
            notified = mine.acquire(timeout=-1 if timeout is None else max(timeout, 0))
        finally:
            self._lock.acquire()
            if not notified and mine in self._waiting:
                self._waiting.remove(mine)
        return notified

    def notify(self, n: int = 1) -> None:
        """Wake up to `n` waiting threads; the caller holds the lock."""
        while n > 0 and self._waiting:
            self._waiting.popleft().release()
            n -= 1

    def notify_all(self) -> None:
        """Wake all waiting threads; the caller holds the lock."""
        self.notify(len(self._waiting))
