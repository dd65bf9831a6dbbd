"""The world that a life runs in: clock, threads, randomness.

The rooms `life`, `telemetry` and `delivery` take all of it from here, so that `make simulate` can play lives in a time
of its own.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Protocol

    class Condition(Protocol):
        """What is used of `threading.Condition`."""

        def __enter__(self) -> bool: ...
        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
        ) -> None: ...
        def wait(self, timeout: float | None = None) -> bool:
            """Release the lock, wait to be notified, and take the lock again."""

        def notify(self, n: int = 1) -> None:
            """Wake a thread that waits."""


T = TypeVar("T")


class World:
    """The machine's own clock, threads and randomness."""

    def now(self) -> float:
        """Return the Unix time. It goes on while a sandbox is frozen, and may step."""
        return time.time()

    def monotonic(self) -> float:
        """Return the time that never steps; whether it goes on while a sandbox is frozen is not documented."""
        return time.monotonic()

    def moment(self) -> tuple[float, float]:
        """Return the time on both clocks: one may step back, the other may stand still while the sandbox is frozen."""
        return self.now(), self.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block the calling thread."""
        time.sleep(seconds)

    def start(self, name: str, action: Callable[[], None]) -> None:
        """Run an action in a thread of its own, which does not outlive the process."""
        threading.Thread(target=action, name=name, daemon=True).start()

    def condition(self) -> Condition:
        """Return a lock on which threads can wait for one another."""
        return threading.Condition()

    def random_id(self) -> str:
        """Return 32 hexadecimal digits that no one can guess."""
        return os.urandom(16).hex()


class SteadyClock:
    """Unix time that never steps, for waits: set now and then, it goes on by the monotonic clock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._offset = 0.0
        self.set()

    def set(self) -> None:
        """Take over the time of the clock on the wall."""
        self._offset = self._world.now() - self._world.monotonic()

    def __call__(self) -> float:
        """Return the time."""
        return self._world.monotonic() + self._offset


class Mailbox(Generic[T]):
    """What one thread leaves for another, in order."""

    def __init__(self, world: World) -> None:
        self._items: deque[T] = deque()
        self._arrived = world.condition()

    def put(self, item: T) -> None:
        """Leave an item."""
        with self._arrived:
            self._items.append(item)
            self._arrived.notify()

    def get(self) -> T:
        """Wait for the next item."""
        with self._arrived:
            while not self._items:
                self._arrived.wait()
            return self._items.popleft()
