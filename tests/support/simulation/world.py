"""The world as a simulated sandbox sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.hub import Condition

from telemap_lambda.world import World
from telemap_lambda.world.arrivals import Arrivals

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.hub import Hub, Task


class SimulatedWorld(World):
    """Clock, threads and randomness of one process.

    Attributes:
        tasks: the threads that the process has begun.
    """

    def __init__(self, hub: Hub, name: str) -> None:
        self._hub = hub
        self._name = name
        self._ids = 0
        self.tasks: list[Task] = []

    def now(self) -> float:
        """Return the time of the clock on the wall."""
        hub = self._hub
        if hub.step:
            hub.spend()
        return hub.now + hub.offset

    def monotonic(self) -> float:
        """Return the time of the monotonic clock."""
        hub = self._hub
        if hub.step:
            hub.spend()
        return hub.now - hub.stopped_seconds

    def sleep(self, seconds: float) -> None:
        """Block the task."""
        self._hub.sleep(seconds)

    def start(self, name: str, action: Callable[[], None]) -> None:  # noqa: ARG002 - tasks have no names
        """Begin a task."""
        self.tasks.append(self._hub.spawn(action))

    def condition(self) -> Condition:
        """Return a condition on which tasks wait."""
        return Condition(self._hub)

    def arrivals(self) -> Arrivals:
        """Return a place where the main task waits."""
        return SimulatedArrivals(self._hub)

    def random_id(self) -> str:
        """Return an id that no other process has, of letters and digits as the real ones."""
        self._ids += 1
        return f"{self._name}x{self._ids}"


class SimulatedArrivals(Condition, Arrivals):
    """A place where the main task waits, with descriptors that are readable when the simulation says so."""

    def __init__(self, hub: Hub) -> None:
        Condition.__init__(self, hub)
        self._handlers: dict[int, Callable[[], None]] = {}
        self._readable: set[int] = set()

    def watch(self, file: int, handler: Callable[[], None]) -> None:
        """Call a handler, in the task that waits, when a descriptor is readable."""
        self._handlers[file] = handler

    def forget(self, file: int) -> bool:
        """Stop watching a descriptor; return whether it was watched."""
        return self._handlers.pop(file, None) is not None

    def arrive(self, file: int) -> None:
        """Have a descriptor be readable."""
        self._readable.add(file)
        self.notify()

    def wait(self, timeout: float | None = None) -> None:  # type: ignore[override]  # nobody asks a place for the outcome
        """Wait until something is there, and call the handlers."""
        if not self._readable:
            Condition.wait(self, timeout)
        self.__exit__()
        self.look()
        self.__enter__()

    def look(self) -> None:
        """Call the handlers of what is there."""
        while self._readable:
            handler = self._handlers.get(self._readable.pop())
            if handler is not None:
                handler()
