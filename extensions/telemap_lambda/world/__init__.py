"""The world that a life runs in: clock, threads, randomness.

The packages `life`, `telemetry` and `delivery` take all of it from here, so that `make simulate` can run lives in
simulated time.
"""

from __future__ import annotations

import os
import time
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from telemap_lambda.world import threads
from telemap_lambda.world.arrivals import Arrivals

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Protocol

    class Condition(Protocol):
        """The part of `threading.Condition` in use."""

        def __enter__(self) -> bool: ...
        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
        ) -> None: ...
        def wait(self, timeout: float | None = None) -> bool:
            """Release the lock, wait to be notified, and take the lock again."""

        def notify(self, n: int = 1) -> None:
            """Wake a waiting thread."""


T = TypeVar("T")


class World:
    """The machine's own clock, threads and randomness."""

    def now(self) -> float:
        """Return the Unix time, which advances while a sandbox is frozen, and may step."""
        return time.time()

    def monotonic(self) -> float:
        """Return a time that never steps; whether it advances while a sandbox is frozen is undocumented."""
        return time.monotonic()

    def moment(self) -> tuple[float, float]:
        """Return both times: one may step back, the other may stand still while the sandbox is frozen."""
        return self.now(), self.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block the calling thread."""
        time.sleep(seconds)

    def start(self, name: str, action: Callable[[], None]) -> None:
        """Run an action in a thread that does not keep the process alive."""
        threads.start(name, action)

    def condition(self) -> Condition:
        """Return a condition variable."""
        return threads.Condition()

    def arrivals(self) -> Arrivals:
        """Return a place where the main thread waits for sockets and other threads."""
        return Arrivals()

    def random_id(self) -> str:
        """Return 32 unguessable hexadecimal digits."""
        return os.urandom(16).hex()


class SteadyClock:
    """Unix time without steps, for waits: set occasionally, and advanced by the monotonic clock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._offset = 0.0
        self.set()

    def set(self) -> None:
        """Set the time from the wall clock."""
        self._offset = self._world.now() - self._world.monotonic()

    def __call__(self) -> float:
        """Return the time."""
        return self._world.monotonic() + self._offset


class Mailbox(Generic[T]):
    """A FIFO queue between threads."""

    def __init__(self, world: World) -> None:
        self._items: deque[T] = deque()
        self._arrived = world.condition()

    def put(self, item: T) -> None:
        """Add an item."""
        with self._arrived:
            self._items.append(item)
            self._arrived.notify()

    def get(self) -> T:
        """Wait for the next item and return it."""
        with self._arrived:
            while not self._items:
                self._arrived.wait()
            return self._items.popleft()
