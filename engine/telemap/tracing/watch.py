"""Apply a plan to one event at a time, and observe what happens to each sample."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from telemap.apply import apply
from telemap.runtime.regexes import PATIENT_BATCH_SECONDS
from telemap.store import Store
from telemap.tracing.instrument import Instrument, instrumented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from telemap.model import ValueRule
    from telemap.plan import Plan
    from telemap.runtime.regexes import RegexBudget
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries
    from telemap.tracing.instrument import Nodes, Sample

INSTANCE: Final = "explain"
"""The value of `${runtime:instance}`: constant, so that outputs can be compared."""

Position: TypeAlias = tuple[int, ...]
"""The index of an item, from 0, for each step of `each`; empty if there is no `each`."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A sample that the family took.

    Attributes:
        key: label values from the source, with a placeholder for the instance id.
        cell: the numbers of a series with only this sample.
        beyond: the limit that is reached: `series_limit`, `series_limit_total`, or none.
    """

    key: Key
    cell: Cell
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sample that was skipped.

    Attributes:
        reason: one of `telemap.store.series.SKIP_REASONS`.
    """

    reason: str


class PlanObserver(Instrument):
    """Applies a plan to single events, each as if it were the first of the process. The results are of the last event.

    Args:
        plan: the plan to apply.
        env: the variables for `${env:NAME}`; by default, those of the process.
        depth: number of steps in the `each` of its sources.
        most: number of items to keep notes of, since an event may have any number.
        regex_budget: the budget of the regexes; by default, one of its own for each event.

    Attributes:
        store: contains the series, but not the values of samples, which are only in the notes.
        notes: what happened to a sample, by the number of its family and its position.
        counts: number of samples of all families: those skipped by reason, those beyond a limit by that limit, and the
            others under "".
        read: what values of the long form found, by rule and position.
        names: the names (keys or indexes) of the first items, by position.
        found: number of items that each step of `each` found in total.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        env: Mapping[str, str] | None,
        depth: int,
        most: int,
        regex_budget: RegexBudget | None = None,
    ) -> None:
        self.notes: dict[tuple[int, Position], Taken | Skipped] = {}
        self.counts: dict[str, int] = {}
        self.read: dict[tuple[ValueRule, Position], Any] = {}
        self.names: dict[Position, tuple[str | int, ...]] = {}
        self.found = [0] * depth
        self._depth = depth
        self._most = most
        self._env = env
        self._regex_budget = regex_budget
        self._steps: list[tuple[int, str | int]] = []
        self._has_state = _has_state(plan)
        self._plan = instrumented(plan, self)
        self.store = self._new_store()

    def apply(self, event: Any) -> None:
        """Apply the plan to an event."""
        self.notes, self.counts, self.read, self.names = {}, {}, {}, {}
        self.found = [0] * self._depth
        self._steps.clear()
        if self._has_state:
            self.store = self._new_store()
        for series in self.store.families:
            series.restart({})
            series.skipped.update(dict.fromkeys(series.skipped, 0))
        apply(self._plan, (event,), self.store)

    def _new_store(self) -> Store:
        return Store(
            self._plan,
            env=self._env,
            instance=INSTANCE,
            regex_seconds=PATIENT_BATCH_SECONDS,
            regex_budget=self._regex_budget,
        )

    def take(self, sample: Sample, find: Callable[[], Cell], /) -> Cell:
        """Return a copy of the series' cell, which shows the effect of this sample; the series itself is unchanged."""
        family = sample.family
        before, before_total = family.overflowed, family.overflowed_total
        cell = find().copy()
        beyond = ""
        if family.overflowed > before:
            beyond = "series_limit_total" if family.overflowed_total > before_total else "series_limit"
        self._note(sample.number, Taken(sample.key, cell, beyond))
        return cell

    def skip(self, number: int, family: FamilySeries, skip: Callable[..., None], /) -> Callable[..., None]:
        """Note why a sample was skipped."""

        def skip_and_note(*found: Any) -> None:
            before = dict(family.skipped)
            skip(*found)
            [reason] = [reason for reason, count in family.skipped.items() if count > before[reason]]
            self._note(number, Skipped(reason))

        return skip_and_note

    def items(self, find: Callable[[Any], Nodes], /) -> Callable[[Any], Nodes]:
        """Keep track of the current node."""
        return lambda document: _Items(find(document), self)

    def value(self, rule: ValueRule, make: Callable[[Any], Any], /) -> Callable[[Any], Any]:
        """Note what was found."""

        def note_and_make(found: Any) -> Any:
            position = self._position()
            if not position or position in self.names:
                self.read.setdefault((rule, position), found)
            return make(found)

        return note_and_make

    def _note(self, family: int, outcome: Taken | Skipped) -> None:
        """Note what happened to a sample of the current item."""
        reason = outcome.beyond if isinstance(outcome, Taken) else outcome.reason
        self.counts[reason] = self.counts.get(reason, 0) + 1
        position = self._position()
        if not position or position in self.names:
            self.notes[family, position] = outcome

    def _position(self) -> Position:
        return tuple(number for number, _ in self._steps)

    def step_into(self, nodes: Nodes) -> Iterator[tuple[str | int, Any]]:
        """Yield the nodes of a step of `each`, and keep track of the current one."""
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


def _has_state(plan: Plan) -> bool:
    """Return whether a store keeps more than series: values counted by `max_values`, regexes that were too slow."""
    return plan.needs.has_regexes or any(label.rule.max_values is not None for label in plan.needs.labels)


class _Items(Collection[tuple[str | int, Any]]):
    """The nodes that a step of `each` or a test found."""

    def __init__(self, nodes: Nodes, observer: PlanObserver) -> None:
        self._nodes = nodes
        self._observer = observer

    def __contains__(self, node: object) -> bool:
        return node in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def __iter__(self) -> Iterator[tuple[str | int, Any]]:
        return self._observer.step_into(self._nodes)
