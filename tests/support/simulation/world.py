"""The world as a simulated sandbox sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.hub import Condition

from telemap_lambda.world import World

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
        return hub.monotonic

    def sleep(self, seconds: float) -> None:
        """Block the task."""
        self._hub.sleep(seconds)

    def start(self, name: str, action: Callable[[], None]) -> None:  # noqa: ARG002 - tasks have no names
        """Begin a task."""
        self.tasks.append(self._hub.spawn(action))

    def condition(self) -> Condition:
        """Return a condition on which tasks wait."""
        return Condition(self._hub)

    def random_id(self) -> str:
        """Return an id that no other process has."""
        self._ids += 1
        return f"{self._name}-{self._ids}"
