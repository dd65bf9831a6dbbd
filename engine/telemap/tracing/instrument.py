"""Wrap everything that a plan's generated code calls.

The plan is the real one. The functions that its code is bound to (of families, items of `each`, values of the long
form) and its handlers are wrapped by an instrument, which can observe the calls.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from telemap.store.series import SKIP_REASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from telemap.model import ValueRule
    from telemap.plan import Bindings, Handler, Plan
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries

Nodes: TypeAlias = "Collection[tuple[str | int, Any]]"
"""Nodes with their names."""


class Sample(NamedTuple):
    """A sample to be taken.

    Attributes:
        number: number of its family in the plan.
        family: the family that keeps its cell.
        key: label values from the source, with a placeholder for the instance id.
        open_positions: positions in the key of labels whose values depend on events.
    """

    number: int
    family: FamilySeries
    key: Key
    open_positions: tuple[int, ...]


class Instrument:
    """The functions to wrap; each is returned unchanged unless a subclass overrides the method."""

    def family(self, _number: int, family: FamilySeries, /) -> FamilySeries:
        """Return the family that keeps the cells of a family of the plan."""
        return family

    def take(self, _sample: Sample, find: Callable[[], Cell], /) -> Cell:
        """Return the cell for a sample; `find` finds or creates that of its series."""
        return find()

    def skip(self, _number: int, _family: FamilySeries, skip: Callable[..., None], /) -> Callable[..., None]:
        """Wrap the function that is called when a family skips a sample."""
        return skip

    def items(self, find: Callable[[Any], Nodes], /) -> Callable[[Any], Nodes]:
        """Wrap the function that finds the nodes of a path that is a query."""
        return find

    def value(self, _rule: ValueRule, make: Callable[[Any], Any], /) -> Callable[[Any], Any]:
        """Wrap the function that converts a node to a value of the long form."""
        return make

    def handler(self, _sources: tuple[int, ...], handle: Handler, /) -> Handler:
        """Wrap the handler of some sources, given by number."""
        return handle


def instrumented(plan: Plan, instrument: Instrument) -> Plan:
    """Return an instrumented copy of a plan, to be bound to one store."""

    def bind(bindings: Bindings) -> tuple[Handler, ...]:
        families = cast("Sequence[FamilySeries]", bindings.families)  # as a store binds them
        handlers = plan.bind(
            bindings._replace(
                every=tuple(map(instrument.items, bindings.every)),
                values=tuple(map(instrument.value, plan.needs.values, bindings.values)),
                families=tuple(_Family(number, family, instrument) for number, family in enumerate(families)),
            )
        )
        sources = (*plan.groups, *((number,) for number in plan.alone))
        wrapped = map(instrument.handler, sources, handlers)
        return (*wrapped, *handlers[len(sources) :])

    return replace(plan, bind=bind)


class _Family:
    """A family for generated code that caches no cells, so that each sample calls the instrument.

    Args:
        number: number of the family in the plan.
        family: the real family.
        instrument: called for each sample.
    """

    def __init__(self, number: int, family: FamilySeries, instrument: Instrument) -> None:
        self._number = number
        self._family = family
        self._keeper = instrument.family(number, family)
        self._instrument = instrument

    @property
    def known(self) -> _Family:
        """Return the object that finds cells: this one."""
        return self

    def bound(self) -> tuple[Callable[..., None], ...]:
        """Return the functions that generated code calls for skipped samples."""
        skips = self._family.bound()
        return tuple(self._instrument.skip(self._number, self._family, skip) for skip in skips)

    def constant(self, key: Key) -> tuple[Sequence[Cell | None], Callable[[], Cell]]:
        """Return an empty cache, and the function that finds the cell of a key."""
        _, find = self._keeper.known.constant(key)
        sample = Sample(self._number, self._keeper, key, ())
        return [None], lambda: self._instrument.take(sample, find)

    def by_labels(
        self, open_positions: tuple[int, ...], *takes: tuple[int, Callable[[str], None]]
    ) -> tuple[dict[Any, Cell], Callable[[Any, Key], Cell]]:
        """Return an empty cache, and the function that finds the cell of any key."""
        _, find = self._keeper.known.by_labels(open_positions, *takes)
        take, number, family = self._instrument.take, self._number, self._keeper
        return {}, lambda held, key: take(Sample(number, family, key, open_positions), lambda: find(held, key))


def noting_skips(
    number: int, family: FamilySeries, skip: Callable[..., None], outcomes: list[tuple[int, str]]
) -> Callable[..., None]:
    """Return a skip function that appends a family's number and the reason to `outcomes`, and clears the count."""
    skipped = family.skipped

    def skip_and_note(*found: Any) -> None:
        skip(*found)
        for reason in SKIP_REASONS:
            if skipped[reason]:
                skipped[reason] = 0
                outcomes.append((number, reason))

    return skip_and_note
