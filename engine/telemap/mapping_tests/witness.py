"""See which sources take samples, and into which series: each at its turn, in one store.

The plan is that of the whole mapping, but that each source has a function of its own, so that it is known which one is
at its turn. Limits, and what sources share, are what they are when the sources run together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from telemap.compiler import compile as compile_mapping
from telemap.label_text import OVERFLOW
from telemap.tracing.instrument import Instrument

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.model import Mapping
    from telemap.plan import Handler, Plan
    from telemap.store.cells import Cell, Key
    from telemap.tracing.instrument import Sample


class Witness(Instrument):
    """What was seen of one run of a plan of `one_by_one`.

    Attributes:
        took: sources that took a sample, numbered through all families.
        makers: for each series, by family and key: its cell, and the sources that took samples into it.
    """

    def __init__(self) -> None:
        self.took: set[int] = set()
        self.makers: dict[tuple[str, Key], tuple[Cell, set[int]]] = {}
        self._turn = 0

    def handler(self, sources: tuple[int, ...], handle: Handler, /) -> Handler:
        """Note which source is at its turn."""
        [source] = sources

        def noted(event: dict[str, Any]) -> bool | None:
            self._turn = source
            return handle(event)

        return noted

    def take(self, sample: Sample, find: Callable[[], Cell], /) -> Cell:
        """Note a sample; none was taken where its series found no room."""
        cell, family, key = find(), sample.family, sample.key
        if family.cells.get(key) is not cell:
            key = tuple(OVERFLOW if position in sample.open_positions else text for position, text in enumerate(key))
            if family.cells.get(key) is not cell:
                return cell
        self.took.add(self._turn)
        made, makers = self.makers.get((family.shape.name, key), (None, set()))
        if made is not cell:  # the one before has expired
            makers = set()
        makers.add(self._turn)
        self.makers[family.shape.name, key] = (cell, makers)
        return cell


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
