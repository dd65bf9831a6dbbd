"""The plan of `telemap.tracing.marks`, in which each source is a family, and what notes the outcomes of its samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from telemap.compiler import compile as compile_mapping
from telemap.label_text import OVERFLOW
from telemap.tracing.instrument import Instrument, noting_skips
from telemap.tracing.outcomes import Stage
from telemap.tracing.probes import bare_source, probe_family
from telemap.tracing.tracer import stage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from telemap import model
    from telemap.plan import Plan
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries
    from telemap.tracing.instrument import Sample
    from telemap.tracing.isolate import IsolatedSource

TAKEN: Final = ""
"""The outcome of a sample that its series took."""

_LOST: Final = "lost"
_STAGES: Final = list(Stage)

Outcome = tuple[int, str]
"""The number of a family in the plan, and why it skipped a sample, or `TAKEN`, or `_LOST` beyond a limit."""


class SeriesName(NamedTuple):
    """A series, by the number of its family in the mapping, and its key."""

    family: int
    key: Key


@dataclass(frozen=True, slots=True)
class CountedSource:
    """A source, whose number is that of its family in the plan.

    Attributes:
        items: the family that counts its items; None if that says nothing.
    """

    isolated: IsolatedSource
    items: int | None

    def stage(self, outcomes: Mapping[int, Sequence[str]], number: int) -> Stage:
        """Return where it stopped, if it made no sample: of several items, the one that came farthest."""
        source = self.isolated.source
        reasons = outcomes.get(number, ())
        stages = {Stage.LIMIT if one == _LOST else stage_of(one, self.isolated.family)[0] for one in reasons}
        if stages:
            return max(stages, key=_STAGES.index)
        has_items = source.when is not None and (self.items is None or self.items in outcomes)
        return Stage.WHEN if has_items else Stage.EACH


def plan_of_sources(mapping: model.Mapping, sources: Sequence[IsolatedSource]) -> tuple[list[CountedSource], Plan]:
    """Return the sources, and the plan with a family for each of them, and then one for the items of some."""
    counted, families = _families(sources)
    numbers = [number for number, family in enumerate(mapping.families) for _ in family.sources]
    return counted, _sharing(compile_mapping(replace(mapping, families=families)), numbers)


def _families(sources: Sequence[IsolatedSource]) -> tuple[list[CountedSource], tuple[model.Family, ...]]:
    """Return the sources, and the families of the plan: one for each source, then one for items of some."""
    families = [
        replace(one.family, name=f"source{number}", init=(), sources=(one.source,))
        for number, one in enumerate(sources)
    ]
    counted = []
    for number, one in enumerate(sources):
        items = None
        if one.source.each and one.source.when is not None:
            items = len(families)
            families.append(probe_family(one.family, f"items{number}", bare_source(one.source)))
        counted.append(CountedSource(one, items))
    return counted, tuple(families)


def _sharing(plan: Plan, places: Sequence[int]) -> Plan:
    """Let the sources of a family of the mapping share the values of `max_values`, as in the mapping's own plan."""
    labels = tuple(
        replace(label, family=places[label.family]) if label.family < len(places) else label
        for label in plan.needs.labels
    )
    return replace(plan, needs=replace(plan.needs, labels=labels))


class Recorder(Instrument):
    """Notes the outcome of each sample, and gives it to the real family of its source.

    Args:
        families: the real family of each source.
        places: its number in the mapping.

    Attributes:
        outcomes: those of the last event, in the order of the generated code.
        found: the series that it made.
        series: all series so far, by number.
        makers: the sources that made them.
    """

    def __init__(self, families: Sequence[FamilySeries], places: Sequence[int]) -> None:
        self.outcomes: list[Outcome] = []
        self.found: set[int] = set()
        self.series: list[SeriesName] = []
        self.makers: list[set[int]] = []
        self._families = families
        self._places = places
        self._numbers: dict[int, int] = {}

    def family(self, number: int, family: FamilySeries, /) -> FamilySeries:
        """Return the family that keeps the cells of a source."""
        return self._families[number] if number < len(self._families) else family

    def take(self, sample: Sample, find: Callable[[], Cell], /) -> Cell:
        """Note a sample and its series, unless it was dropped because of a limit."""
        source = sample.number
        if source >= len(self._families):
            self.outcomes.append((source, TAKEN))
            return sample.family.new_cell()
        cell = find()
        number = self._numbers.get(id(cell))
        if number is None:
            key = _key_of(cell, sample)
            if key is None:
                self.outcomes.append((source, _LOST))
                return cell
            number = self._numbers[id(cell)] = len(self.series)
            self.series.append(SeriesName(self._places[source], key))
            self.makers.append(set())
        self.outcomes.append((source, TAKEN))
        self.found.add(number)
        self.makers[number].add(source)
        return cell

    def skip(self, number: int, family: FamilySeries, skip: Callable[..., None], /) -> Callable[..., None]:
        """Note why a sample was skipped."""
        return noting_skips(number, family, skip, self.outcomes)


def _key_of(cell: Cell, sample: Sample) -> Key | None:
    """Return the key of the series that a sample went to; None if it went to none."""
    cells, key = sample.family.cells, sample.key
    if cells.get(key) is cell:
        return key
    folded = tuple(OVERFLOW if position in sample.open_positions else text for position, text in enumerate(key))
    return folded if cells.get(folded) is cell else None
