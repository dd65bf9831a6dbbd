"""Run a plan over one event, and note each thing that its generated code calls.

The plan is the real one. What its code is bound to (families, items of `each`, values of the long form) is wrapped, so
that each call leaves a note and is then what it always is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from telemap.apply import apply
from telemap.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from telemap.model import ValueRule
    from telemap.plan import Handler, Plan
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries

INSTANCE: Final = "explain"
"""What `${runtime:instance}` reads here: the same each time, so that outputs can be compared."""

Position: TypeAlias = tuple[int, ...]
"""Which item of `each`, counted from 0, for each of its steps; empty where there is no `each`."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A sample that the family took.

    Attributes:
        key: label values as the source made them, instance ids not put in.
        cell: the numbers of a series that has this sample alone.
        beyond: the limit that left no room for the series: `series_limit`, `series_limit_total`, or none.
    """

    key: Key
    cell: Cell
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sample that was not taken.

    Attributes:
        reason: one of `telemap.store.series.SKIP_REASONS`.
    """

    reason: str


class Watch:
    """A plan's runs, each over one event, as if it were the first of the process; what is noted is of the last one.

    Args:
        plan: what is run.
        env: what `${env:NAME}` reads; the process's own when not given.
        depth: how many steps the `each` of its sources has.
        most: of how many items notes are kept: one event can hold items without end.

    Attributes:
        store: where samples went, as far as series are made; their values are in the notes alone.
        notes: what became of a sample, by the number of its family and its position.
        counts: how many samples were taken, by the limit that they are beyond, and skipped, by reason, in all families
            together; "" for those within the limits.
        read: what was found for values of the long form, by rule and position.
        items: the names (keys or indexes) of the first items, by position.
        found: how many items each step of `each` found, all its rounds together.
    """

    def __init__(self, plan: Plan, *, env: Mapping[str, str] | None, depth: int, most: int) -> None:
        self.notes: dict[tuple[int, Position], Taken | Skipped] = {}
        self.counts: dict[str, int] = {}
        self.read: dict[tuple[ValueRule, Position], Any] = {}
        self.items: dict[Position, tuple[str | int, ...]] = {}
        self.found = [0] * depth
        self._depth = depth
        self._most = most
        self._env = env
        self._plan = plan
        self._steps: list[tuple[int, str | int]] = []
        self._remembers = _remembers(plan)
        self._watched = replace(plan, bind=self._bind)
        self.store = self._new_store()

    def apply(self, event: Any) -> None:
        """Run the plan over an event."""
        self.notes, self.counts, self.read, self.items = {}, {}, {}, {}
        self.found = [0] * self._depth
        self._steps.clear()
        if self._remembers:
            self.store = self._new_store()
        for series in self.store.families:
            series.restart({})
            series.skipped.update(dict.fromkeys(series.skipped, 0))
        apply(self._watched, (event,), self.store)

    def _new_store(self) -> Store:
        return Store(self._watched, env=self._env, instance=INSTANCE)

    def note(self, family: int, outcome: Taken | Skipped) -> None:
        """Note what became of a sample, at the item that is at its turn."""
        what = outcome.beyond if isinstance(outcome, Taken) else outcome.reason
        self.counts[what] = self.counts.get(what, 0) + 1
        position = self._position()
        if not position or position in self.items:
            self.notes[family, position] = outcome

    def _bind(
        self,
        constants: tuple[Any, ...],
        literals: tuple[str, ...],
        finders: tuple[Any, ...],
        every: tuple[Any, ...],
        parsers: tuple[Any, ...],
        labels: tuple[Any, ...],
        values: tuple[Any, ...],
        regexes: tuple[Any, ...],
        guarded: tuple[Any, ...],
        families: Sequence[FamilySeries],
        clock: list[float],
        undecided: Callable[[], None],
    ) -> tuple[Handler, ...]:
        """Bind the plan's code to what it is always bound to, each wrapped."""
        return self._plan.bind(
            constants,
            literals,
            finders,
            tuple(map(self._stepping, every)),
            parsers,
            labels,
            tuple(map(self._reading, self._plan.needs.values, values)),
            regexes,
            guarded,
            tuple(_WatchedFamily(number, series, self) for number, series in enumerate(families)),
            clock,
            undecided,
        )

    def _stepping(self, find: Callable[[Any], Sequence[tuple[str | int, Any]]]) -> Callable[[Any], _Items]:
        return lambda document: _Items(find(document), self)

    def _reading(self, rule: ValueRule, value: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def noted(found: Any) -> Any:
            position = self._position()
            if not position or position in self.items:
                self.read.setdefault((rule, position), found)
            return value(found)

        return noted

    def _position(self) -> Position:
        return tuple(number for number, _ in self._steps)

    def step_into(self, nodes: Sequence[tuple[str | int, Any]]) -> Iterator[tuple[str | int, Any]]:
        """Return the nodes of a step of `each` one by one, and keep account of which one is at its turn."""
        depth = len(self._steps)
        self.found[depth] += len(nodes)
        try:
            for number, (name, node) in enumerate(nodes):
                self._steps[depth:] = [(number, name)]
                if depth + 1 == len(self.found) and len(self.items) < self._most:
                    self.items[self._position()] = tuple(name for _, name in self._steps)
                yield name, node
        finally:
            del self._steps[depth:]


def _remembers(plan: Plan) -> bool:
    """Return whether more than series outlasts an event: texts that `max_values` took, regexes that were too slow."""
    return plan.needs.has_regexes or any(label.rule.max_values is not None for label in plan.needs.labels)


class _Items:
    """The nodes that a step of `each`, or a test, found."""

    def __init__(self, nodes: Sequence[tuple[str | int, Any]], watch: Watch) -> None:
        self._nodes = nodes
        self._watch = watch

    def __len__(self) -> int:
        return len(self._nodes)

    def __iter__(self) -> Iterator[tuple[str | int, Any]]:
        return self._watch.step_into(self._nodes)


class _WatchedFamily:
    """A family as generated code sees it: what it calls is noted, and done.

    Each sample gets a cell of its own, so that it shows what it does; the series' cell stays as it began.

    Args:
        number: of the family in the plan.
        series: the family.
        watch: where notes go.
    """

    def __init__(self, number: int, series: FamilySeries, watch: Watch) -> None:
        self._number = number
        self._series = series
        self._watch = watch

    @property
    def known(self) -> _WatchedFamily:
        """Return what finds cells: this, too."""
        return self

    def bound(self) -> tuple[Callable[..., None], ...]:
        """Return what generated code calls when no sample is taken."""
        return tuple(map(self._skipping, self._series.bound()))

    def _skipping(self, skip: Callable[..., None]) -> Callable[..., None]:
        def noted(*found: Any) -> None:
            before = dict(self._series.skipped)
            skip(*found)
            [reason] = [reason for reason, count in self._series.skipped.items() if count > before[reason]]
            self._watch.note(self._number, Skipped(reason))

        return noted

    def constant(self, key: Key) -> tuple[Sequence[Cell | None], Callable[[], Cell]]:
        """Return what finds the cell of a key; none is ever known, so that each sample comes here."""
        _, find = self._series.known.constant(key)
        return [None], lambda: self._take(key, find)

    def by_labels(
        self, open_positions: tuple[int, ...], *takes: tuple[int, Callable[[str], None]]
    ) -> tuple[dict[Any, Cell], Callable[[Any, Key], Cell]]:
        """Return what finds the cells of keys; none is ever known."""
        _, find = self._series.known.by_labels(open_positions, *takes)
        return {}, lambda held, key: self._take(key, lambda: find(held, key))

    def _take(self, key: Key, find: Callable[[], Cell]) -> Cell:
        series = self._series
        before, before_total = series.overflowed, series.overflowed_total
        cell = find().copy()
        beyond = ""
        if series.overflowed > before:
            beyond = "series_limit_total" if series.overflowed_total > before_total else "series_limit"
        self._watch.note(self._number, Taken(key, cell, beyond))
        return cell
