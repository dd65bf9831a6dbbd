"""Count the series that a mapping makes, and find the labels that make them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from telemap.label_text import INSTANCE
from telemap.model import Overflow
from telemap.store.samples import sample_names

if TYPE_CHECKING:
    from collections.abc import Collection

    from telemap.model import Family, Mapping, Source
    from telemap.preview.trial import Trial
    from telemap.store.cells import Key
    from telemap.store.series import FamilySeries

MAX_SERIES: Final = 20_000
"""Most series of a family that are counted without its limits."""

_MAX_SERIES_TOTAL: Final = 100_000
"""Most series of all families; these take about 100 MB."""

_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class LabelCardinality:
    """What a label contributes to the series of its family, without limits.

    Attributes:
        values: number of different values.
        max_values: limit of the mapping; None if there is none.
        series_without: number of series that the family would have without this label.
        examples: the most frequent values, with their number of series.
    """

    name: str
    values: int
    max_values: int | None
    series_without: int
    examples: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FamilyCardinality:
    """The series of a family.

    Attributes:
        series: number within the limits of the mapping.
        lines: their lines of exposition, without HELP and TYPE.
        overflowed: number of samples beyond a limit.
        unlimited: number of series without limits.
        is_exact: whether `unlimited` is exact; otherwise there are more.
        labels: sorted by the number of series that they make, descending.
    """

    family: Family
    series: int
    lines: int
    overflowed: int
    unlimited: int
    is_exact: bool
    labels: tuple[LabelCardinality, ...]


def without_limits(mapping: Mapping) -> Mapping:
    """Return the mapping without its own limits, bounded only by what memory can hold."""
    families = tuple(_family_without_limits(family) for family in mapping.families)
    return replace(mapping, families=families, series_limit_total=_MAX_SERIES_TOTAL)


def _family_without_limits(family: Family) -> Family:
    sources = tuple(_source_without_limits(source) for source in family.sources)
    return replace(family, sources=sources, series_limit=MAX_SERIES, overflow=Overflow.DROP)


def _source_without_limits(source: Source) -> Source:
    return replace(source, labels=tuple(replace(rule, max_values=None) for rule in source.labels))


def cardinality(trial: Trial, unlimited: Trial) -> tuple[FamilyCardinality, ...]:
    """Count the series of each family and label, the largest families first.

    Args:
        trial: the mapping with its limits.
        unlimited: the same mapping `without_limits`, with the same events.
    """
    bounded, unbounded = trial.store.families, unlimited.store.families
    counted = [
        _family(*each, trial.store.instance) for each in zip(trial.mapping.families, bounded, unbounded, strict=True)
    ]
    return tuple(sorted(counted, key=lambda one: (-one.unlimited, -one.lines, one.family.name)))


def _family(family: Family, bounded: FamilySeries, unbounded: FamilySeries, instance: str) -> FamilyCardinality:
    series = len(bounded.cells)
    labels = (_label(family, position, unbounded.cells, instance) for position in range(len(family.label_names)))
    return FamilyCardinality(
        family,
        series,
        series * len(sample_names(bounded.shape)),
        bounded.overflowed,
        len(unbounded.cells),
        not unbounded.overflowed,
        tuple(sorted(labels, key=lambda label: (label.series_without, -label.values, label.name))),
    )


def _label(family: Family, position: int, keys: Collection[Key], instance: str) -> LabelCardinality:
    texts = Counter(key[position].replace(INSTANCE, instance) for key in keys)
    without = {key[:position] + key[position + 1 :] for key in keys}
    examples = sorted(texts.items(), key=lambda item: (-item[1], item[0]))[:_EXAMPLES]
    bounds = (source.labels[position].max_values for source in family.sources)
    most = max((bound for bound in bounds if bound is not None), default=None)
    return LabelCardinality(family.label_names[position], len(texts), most, len(without), tuple(examples))
