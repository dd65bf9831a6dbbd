"""Observe which sources take samples, and into which series.

The plan is that of the whole mapping, except that each source has a handler of its own, so that the current source is
known. All sources share one store, and so their limits.
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


class SourceObserver(Instrument):
    """Observes a run of a plan of `with_separate_handlers`.

    Attributes:
        took: the sources that took a sample, by number in the plan.
        makers: the cell of each series, by family and key, and the sources whose samples are in it.
    """

    def __init__(self) -> None:
        self.took: set[int] = set()
        self.makers: dict[tuple[str, Key], tuple[Cell, set[int]]] = {}
        self._current = 0

    def handler(self, sources: tuple[int, ...], handle: Handler, /) -> Handler:
        """Note the current source."""
        [source] = sources

        def note_and_handle(event: dict[str, Any]) -> bool | None:
            self._current = source
            return handle(event)

        return note_and_handle

    def take(self, sample: Sample, find: Callable[[], Cell], /) -> Cell:
        """Note a sample, unless it was dropped because of a series limit."""
        cell, family, key = find(), sample.family, sample.key
        if family.cells.get(key) is not cell:
            key = tuple(OVERFLOW if position in sample.open_positions else text for position, text in enumerate(key))
            if family.cells.get(key) is not cell:
                return cell
        self.took.add(self._current)
        known, makers = self.makers.get((family.shape.name, key), (None, set()))
        if known is not cell:  # the previous series has expired
            makers = set()
        makers.add(self._current)
        self.makers[family.shape.name, key] = (cell, makers)
        return cell


def with_separate_handlers(mapping: Mapping, plan: Plan) -> Plan:
    """Compile a mapping so that each of its sources has a handler of its own."""
    numbers = iter(range(len(plan.sources)))
    families = tuple(
        replace(family, sources=tuple(replace(source, patterns=(f"{next(numbers)}",)) for source in family.sources))
        for family in mapping.families
    )
    separate = compile_mapping(replace(mapping, families=families))
    order = (*(source for group in separate.groups for source in group), *separate.alone)
    return replace(separate, sources=plan.sources, groups=(), alone=order)
