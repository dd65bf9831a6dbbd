"""Simulated time: tasks that run one at a time, and a clock that jumps to whatever is due next.

A task is a greenlet, so that telemap's own code blocks in it as in a thread, and each switch is one of ours. The same
script therefore always plays in the same way, and a wait of an hour takes no time. A task that blocks looks for what
is next by itself: most often that is its own turn, and nothing is switched.
"""

from __future__ import annotations

import heapq
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from greenlet import GreenletExit, getcurrent, greenlet  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable


class Where(Enum):
    """On which side of the sandbox something is due."""

    INSIDE = "a timer in the sandbox"
    ARRIVAL = "something from outside that reaches the sandbox"
    OUTSIDE = "something outside"


_INSIDE, _ARRIVAL, _OUTSIDE = Where

Timer: TypeAlias = "list[Any]"
"""Something that is due: a moment, a number that no other has, on which side, and an action, or a task that sleeps;
None if it is cancelled.

A list is made, and compared in a heap, without a call of Python code.
"""

Tell: TypeAlias = "Callable[..., None]"
"""Takes a line of the story, with a place for each further value, which must not change afterwards."""

_WHERE = 2
_ACTION = 3


class Task:
    """A thread of the simulated sandbox, or somebody outside.

    Attributes:
        action: what it does.
        is_outside: whether it goes on while the sandbox is frozen.
        worker: what runs it; None before it begins.
        has_ended: whether it is over.
    """

    __slots__ = ("action", "has_ended", "is_outside", "worker")

    def __init__(self, action: Callable[[], object], *, is_outside: bool) -> None:
        self.action = action
        self.is_outside = is_outside
        self.worker: _Worker | None = None
        self.has_ended = False


class _Worker(greenlet):  # type: ignore[misc]  # greenlet has no types
    """Runs tasks one after another, also of other lives: to make a greenlet takes as long as 50 switches."""

    task: Task
    back: Any = None

    def run(self) -> None:
        """Run tasks, and hand back after each, to whoever has killed it or to the hub."""
        while True:
            try:  # noqa: SIM105 - contextlib.suppress takes three calls
                self.task.action()
            except GreenletExit:
                pass
            self.task.has_ended = True
            del self.task
            back, self.back = self.back, None
            _idle.append(self)
            (self.parent if back is None else back).switch()


_idle: list[_Worker] = []


def cancel(timer: Timer) -> None:
    """Let it not happen."""
    timer[_ACTION] = None


class Hub:
    """The clock, and what is due.

    Args:
        began: Unix time at which the simulation begins.
        step: seconds of processor time that pass whenever a task inside reads a clock; others may run meanwhile.
        stands_still: whether the monotonic clock stops while the sandbox is frozen.

    Attributes:
        now: the true time.
        offset: what the clock on the wall is off by.
        frozen: how many reasons there are for the sandbox to be frozen.
        frozen_seconds: how long it has been frozen so far.
        stopped_seconds: how long the monotonic clock has stood still.
        thawed_at: when it was thawed last.
        steps_back: how often the clock on the wall has stepped back.
        has_stopped: whether to run nothing more.
        step, stands_still: as they were given.
    """

    def __init__(self, began: float, step: float, *, stands_still: bool) -> None:
        self.now = began
        self.offset = 0.0
        self.frozen = 0
        self.frozen_seconds = 0.0
        self.stopped_seconds = 0.0
        self.steps_back = 0
        self.thawed_at = 0.0
        self._frozen_at = 0.0
        self._is_stall = False
        self.step = step
        self.stands_still = stands_still
        self.has_stopped = False
        self._heap: list[Timer] = []
        self._number = 0
        self._ready: deque[Task] = deque()
        self._held: list[Timer] = []
        self._root: Any = getcurrent()
        self._current: Task | None = None

    def at(self, moment: float, action: Callable[[], object] | Task, where: Where) -> Timer:
        """Have something happen at a moment."""
        self._number += 1
        timer = [moment, self._number, where, action]
        heapq.heappush(self._heap, timer)
        return timer

    def spawn(self, action: Callable[[], object], *, outside: bool = False) -> Task:
        """Begin a task."""
        task = Task(action, is_outside=outside)
        self._ready.append(task)
        return task

    def kill(self, tasks: list[Task]) -> None:
        """End tasks where they block, as a SIGKILL does; if the one that finds this due is among them, it is last."""
        finder = getcurrent()
        for task in tasks:
            if task.worker is None:
                task.has_ended = True
            elif not task.has_ended and task.worker is not finder:
                task.worker.back = finder
                task.worker.throw()
        if any(task.worker is finder and not task.has_ended for task in tasks):
            raise GreenletExit

    def current(self) -> Task | None:
        """Return the task that runs; None between tasks."""
        return self._current

    def block(self) -> None:
        """Let others run until somebody wakes this task."""
        task = self._current
        try:
            following = self._next()
        except GreenletExit:  # this task was killed
            raise
        except BaseException as error:
            self._root.throw(error)  # it is not this task's own
            raise
        if following is not task:
            self._switch(following)

    def wake(self, task: Task) -> None:
        """Let a task go on that blocks."""
        self._ready.append(task)

    def sleep(self, seconds: float) -> None:
        """Let time pass for this task."""
        task = self._current
        assert task is not None
        self._sleep(task, seconds, _OUTSIDE if task.is_outside else _INSIDE)

    def await_arrival(self, seconds: float) -> None:
        """Block this task until something from outside reaches it."""
        task = self._current
        assert task is not None
        self._sleep(task, seconds, _ARRIVAL)

    def _sleep(self, task: Task, seconds: float, where: Where) -> None:
        until = self.now + seconds if seconds > 0.0 else self.now
        if not self._ready and not (self._heap and self._heap[0][0] <= until):
            self.now = until  # nothing else happens meanwhile
            return
        self.at(until, task, where)
        self.block()

    def spend(self) -> None:
        """Let the processor time pass that a task needs between two looks at the clock."""
        task = self._current
        if task is not None and not task.is_outside:
            self._sleep(task, self.step, _INSIDE)

    @property
    def monotonic(self) -> float:
        """The monotonic clock."""
        return self.now - self.stopped_seconds

    def freeze(self, *, is_stall: bool = False) -> None:
        """Stop everything in the sandbox; in a stall, which is a lack of processor time, its clocks go on."""
        if self.frozen == 0:
            self._frozen_at = self.now
            self._is_stall = True
        self._is_stall = self._is_stall and is_stall
        self.frozen += 1

    def thaw(self, arrivals_after: float = 0.0) -> None:
        """Let everything in the sandbox go on, with what has become due meanwhile.

        Args:
            arrivals_after: seconds until it sees what came from outside.
        """
        if not self.frozen:
            return
        self.frozen -= 1
        if self.frozen:
            return
        slept = self.now - self._frozen_at
        self.thawed_at = self.now
        self.frozen_seconds += slept
        pending = self._held + self._heap
        self._held = []
        shift = slept if self.stands_still and not self._is_stall else 0.0
        self.stopped_seconds += shift
        soonest = self.now + arrivals_after
        for timer in pending:
            where = timer[_WHERE]
            if where is _INSIDE:
                timer[0] += shift
            elif where is _ARRIVAL:
                timer[0] = max(timer[0], soonest)
        self._heap = pending
        heapq.heapify(self._heap)

    def run(self) -> None:
        """Run until it is stopped, or nothing is left to do."""
        while (task := self._next()) is not None:
            self._switch(task)

    def _switch(self, task: Task | None) -> None:
        """Go on with a task, or where this was run if there is none."""
        if task is None:
            self._root.switch()
            return
        if task.worker is None:
            task.worker = _idle.pop() if _idle else _Worker()
            task.worker.parent = self._root
            task.worker.task = task
        task.worker.switch()

    def _next(self) -> Task | None:
        """Return the task that runs next, and have happen what is due before; None if there is none."""
        self._current = None
        ready = self._ready
        while not self.has_stopped:
            for _ in range(len(ready)):
                task = ready.popleft()
                if self.frozen and not task.is_outside:
                    ready.append(task)
                elif not task.has_ended:
                    self._current = task
                    return task
            action = self._pop_due()
            if action is None:
                break
            if not isinstance(action, Task):
                action()
            elif not action.has_ended:
                self._current = action
                return action
        return None

    def _pop_due(self) -> Callable[[], object] | Task | None:
        """Advance to what is due next, and return it; None if nothing is."""
        while self._heap:
            timer = heapq.heappop(self._heap)
            moment, _, where, action = timer
            if action is None:
                continue
            if self.frozen and where is not _OUTSIDE:
                self._held.append(timer)
                continue
            self.now = max(self.now, moment)
            return action  # type: ignore[no-any-return]  # a list of several types
        return None


class Condition:
    """A condition of simulated tasks, with the methods of `threading.Condition` that telemap uses."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._is_held = False
        self._wanting: deque[Task] = deque()
        self._waiting: deque[Task] = deque()
        self._late: set[Task] = set()

    def __enter__(self) -> bool:
        while self._is_held:
            task = self._hub.current()
            assert task is not None, "somebody outside waits for a lock inside"
            self._wanting.append(task)
            self._hub.block()
        self._is_held = True
        return True

    def __exit__(self, *_: object) -> None:
        self._is_held = False
        if self._wanting:
            self._hub.wake(self._wanting.popleft())

    def wait(self, timeout: float | None = None) -> bool:
        """Wait to be notified; return whether that happened in time."""
        task = self._hub.current()
        assert task is not None
        timer = None
        if timeout is not None:
            timer = self._hub.at(self._hub.now + timeout, lambda: self._give_up(task), _INSIDE)
        self._waiting.append(task)
        self.__exit__()
        self._hub.block()
        notified = task not in self._late
        self._late.discard(task)
        if timer is not None:
            cancel(timer)
        self.__enter__()
        return notified

    def notify(self, n: int = 1) -> None:
        """Wake one that waits."""
        assert n == 1
        if self._waiting:
            self._hub.wake(self._waiting.popleft())

    def notify_all(self) -> None:
        """Wake all that wait."""
        while self._waiting:
            self.notify()

    def _give_up(self, task: Task) -> None:
        if task in self._waiting:
            self._waiting.remove(task)
            self._late.add(task)
            self._hub.wake(task)
