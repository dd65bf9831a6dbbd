"""A run: many sandboxes that live for seconds, and moments between which can be counted."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from counting.lives import Habits, Life
from counting.tally import Tally, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

AT_ONCE = 4
"""Sandboxes that live at the same time, besides those that are idle."""


class Mark(NamedTuple):
    """A moment of the run.

    Attributes:
        at: Unix time.
        counted: what had been reported, pushed and read until then.
    """

    at: float
    counted: Tally


class Window(NamedTuple):
    """The time between two marks.

    Attributes:
        at: its end, in Unix time.
        seconds: its length.
        counted: what queries over it should say.
    """

    at: float
    seconds: float
    counted: Tally


@dataclass(frozen=True)
class Source:
    """Where the numbers of a run arrive.

    Attributes:
        pushed: gives what is there now of each sandbox, by its key.
        settle: waits until queries see all that is there, and gives the Unix time from which on they do.
        key: tells by which key a sandbox is known there.
    """

    pushed: Callable[[], Mapping[str, Tally]]
    settle: Callable[[], float]
    key: Callable[[Life], str]


class Run:
    """A run, and its account.

    The truth is what Lambda reported. Only of sandboxes that have not ended, or that were not let to say goodbye,
    is it what they had pushed.

    Args:
        new_life: makes a sandbox; called with its number and how it will live.
        source: where the numbers arrive.

    Attributes:
        lives: all sandboxes so far.
        idle: those that have begun, and not ended yet.
        marks: the moments that were noted, in order.
    """

    def __init__(self, new_life: Callable[[int, Habits], Life], source: Source) -> None:
        self.lives: list[Life] = []
        self.marks: list[Mark] = []
        self._new_life = new_life
        self._source = source
        self._last_pushed: dict[str, Tally] = {}
        self.idle: list[Life] = []

    def play(self, habits: Sequence[Habits]) -> list[Life]:
        """Have sandboxes live from start to end, some of them at the same time."""
        lives = [self._make(one) for one in habits]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(Life.live, lives, habits))
        return lives

    def begin(self, settings: Mapping[str, str]) -> Life:
        """Begin a sandbox that is idle between what `wake` asks of it."""
        life = self._make(Habits(0, settings=settings))
        life.begin()
        self.idle.append(life)
        return life

    def wake(self, times: int) -> None:
        """Invoke each idle sandbox."""
        for life in self.idle:
            life.invoke(times)

    def end(self) -> None:
        """Shut the idle sandboxes down."""
        while self.idle:
            self.idle.pop().end()

    def mark(self) -> Mark:
        """Note this moment, as soon as all that was pushed can be queried and nothing more comes."""
        while True:
            there = self._source.pushed()
            at = self._source.settle()
            if self._source.pushed() == there:
                break
        self._last_pushed.update(there)
        return self.note(at)

    def note(self, at: float) -> Mark:
        """Note a moment at which as much could be queried as at the last mark."""
        self.marks.append(Mark(at, tally(map(self._counted, self.lives))))
        return self.marks[-1]

    def windows(self) -> Iterator[Window]:
        """Return all windows from one mark to another."""
        for first, last in itertools.combinations(self.marks, 2):
            yield Window(last.at, last.at - first.at, last.counted - first.counted)

    @property
    def lost(self) -> dict[str, Tally]:
        """What those that could not say goodbye had not pushed, by their key."""
        return {self._source.key(life): life.reported - self._pushed_by(life) for life in self.lives if life.cut_off}

    @property
    def reported(self) -> Tally:
        """All that Lambda reported."""
        return tally(life.reported for life in self.lives)

    def _make(self, habits: Habits) -> Life:
        life = self._new_life(len(self.lives), habits)
        self.lives.append(life)
        return life

    def _counted(self, life: Life) -> Tally:
        is_over = life not in self.idle and not life.cut_off
        return life.reported if is_over else self._pushed_by(life)

    def _pushed_by(self, life: Life) -> Tally:
        return self._last_pushed.get(self._source.key(life), Tally())
