"""Resolve a mapping: its metrics after includes, defaults and inherited labels, and how many series they can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telemap.advice.contradictions import Effort
from telemap.advice.label_values import label_values
from telemap.advice.passing import PassingEvents
from telemap.advice.series import count_label_sets
from telemap.compiler import compile as compile_mapping
from telemap.events.event_shape import event_types_of
from telemap.patterns import PatternIndex
from telemap.store.samples import sample_names
from telemap.tracing.to_yaml import known_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telemap.model import Family, Mapping

_MAX_READERS: Final = 100_000
"""Most names of families listed under event types."""


@dataclass(frozen=True, slots=True)
class ResolvedLabel:
    """A label of a family, over all its sources.

    Attributes:
        values: the known values as the mapping writes them, sorted.
        others: how many other values are possible; None if only the series limits bound them.
    """

    name: str
    values: tuple[str, ...]
    others: int | None

    @property
    def is_closed(self) -> bool:
        """Return whether all possible values are known."""
        return self.others == 0


@dataclass(frozen=True, slots=True)
class ResolvedFamily:
    """A family, and how many series it can have.

    Attributes:
        most_series: per process, without the `__overflow__` series.
        by_labels: whether the labels bound it; otherwise the series limit does.
        lines_each: lines of exposition of one series.
    """

    family: Family
    labels: tuple[ResolvedLabel, ...]
    most_series: int
    by_labels: bool
    lines_each: int

    @property
    def most_lines(self) -> int:
        """Return the number of lines of all its series."""
        return self.most_series * self.lines_each


@dataclass(frozen=True, slots=True)
class Resolved:
    """A mapping, or some of its families.

    Attributes:
        most_series: of all these families together.
        most_lines: of these series, without HELP and TYPE.
        event_types: the event types of the Telemetry API that the families read.
        event_categories: the categories of these types, for the subscription.
        readers: the names of the families that read each event type or pattern in the mapping.
    """

    mapping: Mapping
    families: tuple[ResolvedFamily, ...]
    most_series: int
    most_lines: int
    event_types: tuple[str, ...]
    event_categories: tuple[str, ...]
    readers: dict[str, tuple[str, ...]]


def resolve(mapping: Mapping, families: Sequence[Family]) -> Resolved:
    """Resolve some families of a mapping."""
    shapes = {shape.name: shape for shape in compile_mapping(mapping).families}
    effort = Effort()
    resolved = tuple(_resolve_family(family, len(sample_names(shapes[family.name])), effort) for family in families)
    patterns = {text for family in families for source in family.sources for text in source.patterns}
    types = event_types_of(patterns)
    return Resolved(
        mapping=mapping,
        families=resolved,
        most_series=min(sum(one.most_series for one in resolved), mapping.series_limit_total),
        most_lines=_most_lines(resolved, mapping.series_limit_total),
        event_types=types,
        event_categories=tuple(dict.fromkeys(one.partition(".")[0] for one in types)),
        readers=_readers(families),
    )


def _readers(families: Sequence[Family]) -> dict[str, tuple[str, ...]]:
    """Return the names of the families that read each event type or pattern in the mapping.

    If there are too many, families that read a type by a pattern are listed under the pattern only.
    """
    lists = [{text for source in family.sources for text in source.patterns} for family in families]
    index = PatternIndex(lists)
    readers = {}
    room = _MAX_READERS
    for text in sorted(set().union(*lists)):
        texts = index.texts(text)
        is_short = sum(len(index.numbers_of(one)) for one in texts) <= room
        numbers = index.numbers(texts if is_short else (text,))
        room -= len(numbers)
        readers[text] = tuple(families[number].name for number in numbers)
    return readers


def _resolve_family(family: Family, lines_each: int, effort: Effort) -> ResolvedFamily:
    passing = [PassingEvents(source, effort) for source in family.sources]
    labels = tuple(_resolve_label(family, position, passing) for position in range(len(family.label_names)))
    rules = [dict(zip(family.label_names, source.labels, strict=True)) for source in family.sources]
    sets = count_label_sets(list(zip(passing, rules, strict=True)), effort)
    by_labels = sets.bounded and sets.most <= family.series_limit
    return ResolvedFamily(family, labels, sets.most if by_labels else family.series_limit, by_labels, lines_each)


def _resolve_label(family: Family, position: int, passing: Sequence[PassingEvents]) -> ResolvedLabel:
    found = [
        label_values(source.labels[position], events) for source, events in zip(family.sources, passing, strict=True)
    ]
    texts = {known_text(text) for values in found if values is not None for text in values.known}
    bounds = [values.others for values in found if values is not None]
    others = max(bounds, default=0) if len(bounds) == len(found) else None
    return ResolvedLabel(family.label_names[position], tuple(sorted(texts)), others)


def _most_lines(families: Iterable[ResolvedFamily], room: int) -> int:
    """Return the most lines that a number of series can have together."""
    lines = 0
    for family in sorted(families, key=lambda one: -one.lines_each):
        taken = min(family.most_series, room)
        room -= taken
        lines += taken * family.lines_each
    return lines
