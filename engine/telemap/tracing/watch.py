"""Run a plan over one event, and note what becomes of each of its samples."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from telemap.apply import apply
from telemap.store import Store
from telemap.tracing.instrument import Instrument, instrumented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from telemap.model import ValueRule
    from telemap.plan import Plan
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries
    from telemap.tracing.instrument import Nodes, Sample

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


class Watch(Instrument):
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
        names: the names (keys or indexes) of the first items, by position.
        found: how many items each step of `each` found, all its rounds together.
    """

    def __init__(self, plan: Plan, *, env: Mapping[str, str] | None, depth: int, most: int) -> None:
        self.notes: dict[tuple[int, Position], Taken | Skipped] = {}
        self.counts: dict[str, int] = {}
        self.read: dict[tuple[ValueRule, Position], Any] = {}
        self.names: dict[Position, tuple[str | int, ...]] = {}
        self.found = [0] * depth
        self._depth = depth
        self._most = most
        self._env = env
        self._steps: list[tuple[int, str | int]] = []
        self._remembers = _remembers(plan)
        self._watched = instrumented(plan, self)
        self.store = self._new_store()

    def apply(self, event: Any) -> None:
        """Run the plan over an event."""
        self.notes, self.counts, self.read, self.names = {}, {}, {}, {}
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

    def take(self, sample: Sample, find: Callable[[], Cell], /) -> Cell:
        """Return a cell of the sample's own, so that it shows what the sample does; the series' stays as it began."""
        family = sample.family
        before, before_total = family.overflowed, family.overflowed_total
        cell = find().copy()
        beyond = ""
        if family.overflowed > before:
            beyond = "series_limit_total" if family.overflowed_total > before_total else "series_limit"
        self._note(sample.number, Taken(sample.key, cell, beyond))
        return cell

    def skip(self, number: int, family: FamilySeries, skip: Callable[..., None], /) -> Callable[..., None]:
        """Note why a sample was not taken."""

        def noted(*found: Any) -> None:
            before = dict(family.skipped)
            skip(*found)
            [reason] = [reason for reason, count in family.skipped.items() if count > before[reason]]
            self._note(number, Skipped(reason))

        return noted

    def items(self, find: Callable[[Any], Nodes], /) -> Callable[[Any], Nodes]:
        """Keep account of which node is at its turn."""
        return lambda document: _Items(find(document), self)

    def value(self, rule: ValueRule, make: Callable[[Any], Any], /) -> Callable[[Any], Any]:
        """Note what was found."""

        def noted(found: Any) -> Any:
            position = self._position()
            if not position or position in self.names:
                self.read.setdefault((rule, position), found)
            return make(found)

        return noted

    def _note(self, family: int, outcome: Taken | Skipped) -> None:
        """Note what became of a sample, at the item that is at its turn."""
        what = outcome.beyond if isinstance(outcome, Taken) else outcome.reason
        self.counts[what] = self.counts.get(what, 0) + 1
        position = self._position()
        if not position or position in self.names:
            self.notes[family, position] = outcome

    def _position(self) -> Position:
        return tuple(number for number, _ in self._steps)

    def step_into(self, nodes: Nodes) -> Iterator[tuple[str | int, Any]]:
        """Return the nodes of a step of `each` one by one, and keep account of which one is at its turn."""
        depth = len(self._steps)
        self.found[depth] += len(nodes)
        try:
            for number, (name, node) in enumerate(nodes):
                self._steps[depth:] = [(number, name)]
                if depth + 1 == len(self.found) and len(self.names) < self._most:
                    self.names[self._position()] = tuple(name for _, name in self._steps)
                yield name, node
        finally:
            del self._steps[depth:]


def _remembers(plan: Plan) -> bool:
    """Return whether more than series outlasts an event: texts that `max_values` took, regexes that were too slow."""
    return plan.needs.has_regexes or any(label.rule.max_values is not None for label in plan.needs.labels)


class _Items(Collection[tuple[str | int, Any]]):
    """The nodes that a step of `each`, or a test, found."""

    def __init__(self, nodes: Nodes, watch: Watch) -> None:
        self._nodes = nodes
        self._watch = watch

    def __contains__(self, node: object) -> bool:
        return node in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def __iter__(self) -> Iterator[tuple[str | int, Any]]:
        return self._watch.step_into(self._nodes)
