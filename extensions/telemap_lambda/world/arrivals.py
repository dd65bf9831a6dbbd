"""Where the main thread waits: for the sockets that it watches, and for messages of other threads.

One `poll` for everything: a thread for each message would cost two switches, and a handover of the interpreter's lock.
"""

from __future__ import annotations

import os
import select
from _thread import allocate_lock
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_WAKES_BYTES = 64
"""Most bytes to read at once; what is left wakes it again."""


class _Bell:
    """A pipe by which a thread wakes the one that waits.

    Attributes:
        file: the end that becomes readable.
    """

    def __init__(self) -> None:
        self.file, self._other = os.pipe()
        os.set_blocking(self.file, False)
        os.set_blocking(self._other, False)

    def ring(self) -> None:
        """Wake it."""
        os.write(self._other, b"\0")

    def hush(self) -> None:
        """Take note that it is awake."""
        os.read(self.file, _WAKES_BYTES)

    def __del__(self, close: Callable[[int], None] = os.close) -> None:  # `os` may be gone when Python ends
        close(self.file)
        close(self._other)


class Arrivals:
    """The sockets that the main thread watches, and a lock for what other threads hand over.

    `with` takes the lock; only one thread waits.
    """

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._poll = select.poll()
        self._handlers: dict[int, Callable[[], None]] = {}
        self._is_waiting = False
        self._bell = _Bell()
        self.watch(self._bell.file, self._bell.hush)

    def __enter__(self) -> bool:
        return self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._lock.release()

    def watch(self, file: int, handler: Callable[[], None]) -> None:
        """Call a handler, in the thread that waits, whenever a descriptor is readable, or its other side has left."""
        self._handlers[file] = handler
        self._poll.register(file, select.POLLIN)

    def forget(self, file: int) -> bool:
        """Stop watching a descriptor, before it is closed; return whether it was watched."""
        if self._handlers.pop(file, None) is None:
            return False
        self._poll.unregister(file)
        return True

    def wait(self, timeout: float | None = None) -> None:
        """Release the lock, wait until something is there, call the handlers, and take the lock again.

        Args:
            timeout: the maximum wait, in seconds; None for no limit.
        """
        self._is_waiting = True
        self._lock.release()
        try:
            found = self._poll.poll(None if timeout is None else max(0, ceil(timeout * 1000)))
            self._is_waiting = False
            self._handle(found)
        finally:
            self._is_waiting = False
            self._lock.acquire()

    def look(self) -> None:
        """Call the handlers of what is there; the caller does not hold the lock."""
        self._handle(self._poll.poll(0))

    def wake(self) -> None:
        """Wake the thread that waits, for instance to watch another descriptor."""
        with self:
            self.notify()

    def notify(self) -> None:
        """Wake the thread that waits; the caller holds the lock."""
        if self._is_waiting:
            self._is_waiting = False
            self._bell.ring()

    def _handle(self, found: list[tuple[int, int]]) -> None:
        for file, _ in found:
            handler = self._handlers.get(file)  # an earlier one may have closed it
            if handler is not None:
                handler()
