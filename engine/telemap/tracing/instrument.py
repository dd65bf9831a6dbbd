"""Put something around each thing that a plan's generated code calls.

The plan is the real one. What its code is bound to (families, items of `each`, values of the long form), and what it
makes of that, goes through an instrument, which does what was always done and notes it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from telemap.model import ValueRule
    from telemap.plan import Bindings, Handler, Plan
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries

Nodes: TypeAlias = "Collection[tuple[str | int, Any]]"
"""Nodes with their names."""


class Sample(NamedTuple):
    """A sample that is to be taken.

    Attributes:
        number: of its family in the plan.
        family: its family.
        key: label values as the source made them, instance ids not put in.
        open_positions: positions in the key of labels whose values are not known before the events.
    """

    number: int
    family: FamilySeries
    key: Key
    open_positions: tuple[int, ...]


class Instrument:
    """What is put around a plan: nothing, but for what a subclass overrides."""

    def take(self, _sample: Sample, find: Callable[[], Cell], /) -> Cell:
        """Return the cell that a sample works with; `find` finds that of its series, or makes it."""
        return find()

    def skip(self, _number: int, _family: FamilySeries, skip: Callable[..., None], /) -> Callable[..., None]:
        """Return what is called when a family takes no sample; `skip` always was."""
        return skip

    def items(self, find: Callable[[Any], Nodes], /) -> Callable[[Any], Nodes]:
        """Return what finds the nodes of a path that is not plain."""
        return find

    def value(self, _rule: ValueRule, make: Callable[[Any], Any], /) -> Callable[[Any], Any]:
        """Return what makes a value of the long form from what was found."""
        return make

    def handler(self, _sources: tuple[int, ...], handle: Handler, /) -> Handler:
        """Return what takes an event for some sources, by their numbers."""
        return handle


def instrumented(plan: Plan, instrument: Instrument) -> Plan:
    """Return a plan that does what it always does, through an instrument, in the store that it is bound to next."""

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
    """A family as generated code sees it: no cell is known to it, so that each sample asks for its own.

    Args:
        number: of the family in the plan.
        family: the family.
        instrument: what samples go through.
    """

    def __init__(self, number: int, family: FamilySeries, instrument: Instrument) -> None:
        self._number = number
        self._family = family
        self._instrument = instrument

    @property
    def known(self) -> _Family:
        """Return what finds cells: this, too."""
        return self

    def bound(self) -> tuple[Callable[..., None], ...]:
        """Return what generated code calls when no sample is taken."""
        skips = self._family.bound()
        return tuple(self._instrument.skip(self._number, self._family, skip) for skip in skips)

    def constant(self, key: Key) -> tuple[Sequence[Cell | None], Callable[[], Cell]]:
        """Return what finds the cell of a key."""
        _, find = self._family.known.constant(key)
        sample = Sample(self._number, self._family, key, ())
        return [None], lambda: self._instrument.take(sample, find)

    def by_labels(
        self, open_positions: tuple[int, ...], *takes: tuple[int, Callable[[str], None]]
    ) -> tuple[dict[Any, Cell], Callable[[Any, Key], Cell]]:
        """Return what finds the cells of keys."""
        _, find = self._family.known.by_labels(open_positions, *takes)
        take, number, family = self._instrument.take, self._number, self._family
        return {}, lambda held, key: take(Sample(number, family, key, open_positions), lambda: find(held, key))
