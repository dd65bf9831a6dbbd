"""See which sources take samples, and into which series: each at its turn, in one store.

The plan is that of the whole mapping, but that each source has a function of its own, so that it is known which one is
at its turn. Limits, and what sources share, are what they are when the sources run together.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from telemap.compiler import compile as compile_mapping
from telemap.label_text import OVERFLOW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telemap.model import Mapping
    from telemap.plan import Handler, Plan
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries


@dataclass(slots=True)
class Witness:
    """What was seen of one run.

    Attributes:
        took: sources that took a sample, numbered through all families.
        makers: for each series, by family and key: its cell, and the sources that took samples into it.
    """

    took: set[int] = field(default_factory=set)
    makers: dict[tuple[str, Key], tuple[Cell, set[int]]] = field(default_factory=dict)
    _turn: int = 0

    def begin(self, source: int) -> None:
        """Note which source is at its turn."""
        self._turn = source

    def see(self, family: FamilySeries, key: Key, open_positions: tuple[int, ...], cell: Cell) -> None:
        """Note a sample; none was taken where its series found no room."""
        if family.cells.get(key) is not cell:
            key = tuple(OVERFLOW if position in open_positions else text for position, text in enumerate(key))
            if family.cells.get(key) is not cell:
                return
        self.took.add(self._turn)
        made, makers = self.makers.get((family.shape.name, key), (None, set()))
        if made is not cell:  # the one before has expired
            makers = set()
        makers.add(self._turn)
        self.makers[family.shape.name, key] = (cell, makers)


def one_by_one(mapping: Mapping, plan: Plan) -> Plan:
    """Compile a mapping so that each of its sources has a function of its own.

    Args:
        mapping: the mapping.
        plan: its plan.
    """
    numbers = iter(range(len(plan.sources)))
    families = tuple(
        replace(family, sources=tuple(replace(source, patterns=(f"{next(numbers)}",)) for source in family.sources))
        for family in mapping.families
    )
    apart = compile_mapping(replace(mapping, families=families))
    order = (*(source for group in apart.groups for source in group), *apart.alone)
    return replace(apart, sources=plan.sources, groups=(), alone=order)


def watched(plan: Plan, witness: Witness) -> Plan:
    """Return a plan of `one_by_one` that tells a witness what it does, in the store that it is bound to next."""

    def bind(*given: Any) -> tuple[Handler, ...]:
        *before, families, clock, undecided = given
        handlers = plan.bind(*before, tuple(_Watched(family, witness) for family in families), clock, undecided)
        sources = (_at_its_turn(*one, witness) for one in zip(plan.alone, handlers, strict=False))
        return (*sources, *handlers[len(plan.alone) :])

    return replace(plan, bind=bind)


def _at_its_turn(source: int, handler: Handler, witness: Witness) -> Handler:
    def handle(event: dict[str, Any]) -> bool | None:
        witness.begin(source)
        return handler(event)

    return handle


class _Watched:
    """A family as generated code sees it: no cell is known to it, so that each sample asks for its own."""

    def __init__(self, family: FamilySeries, witness: Witness) -> None:
        self._family = family
        self._witness = witness
        self.bound = family.bound

    @property
    def known(self) -> _Watched:
        """Return what finds cells: this, too."""
        return self

    def constant(self, key: Key) -> tuple[Sequence[Cell | None], Callable[[], Cell]]:
        """Return what finds the cell of a key."""
        _, find = self._family.known.constant(key)
        return [None], lambda: self._seen(key, (), find())

    def by_labels(
        self, open_positions: tuple[int, ...], *takes: tuple[int, Callable[[str], None]]
    ) -> tuple[dict[Any, Cell], Callable[[Any, Key], Cell]]:
        """Return what finds the cells of keys."""
        _, find = self._family.known.by_labels(open_positions, *takes)
        return {}, lambda held, key: self._seen(key, open_positions, find(held, key))

    def _seen(self, key: Key, open_positions: tuple[int, ...], cell: Cell) -> Cell:
        self._witness.see(self._family, key, open_positions, cell)
        return cell
