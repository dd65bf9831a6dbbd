"""Count the series that families can make, and warn where bounded labels alone make more than the limit."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from telemap.check.advice.label_values import LabelValues, label_values, most_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemap.check.advice.label_values import Tested
    from telemap.check.drafts import DraftSource
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import ScalarNode
    from telemap.model import KnownText, LabelRule

_MOST_SETS = 100_000
"""Most label sets that are written out to see which of them several sources share."""

_Rules: TypeAlias = "Mapping[str, LabelRule | None]"


class LabelSets(NamedTuple):
    """How many label sets the sources of a family make together.

    Attributes:
        least: so many, or more: sources may share some, and too many are not compared.
        most: so many, or fewer.
        bounded: whether something bounds every label of every source; the others are not counted.
    """

    least: int
    most: int
    bounded: bool


def count_label_sets(sources: Sequence[tuple[Tested, _Rules]], *, enough: int = 0) -> LabelSets:
    """Count the label sets of all sources together.

    Args:
        sources: each with its labels; None stands for a label that could not be read.
        enough: sets are not compared when even without that there are no more.
    """
    values = [_source_values(source, rules) for source, rules in sources]
    bounded = [one for one in values if one is not None]
    counts = [prod(one.number for one in labels.values()) for labels in bounded]
    is_bounded = len(bounded) == len(values)
    if not enough < sum(counts) <= _MOST_SETS:
        return LabelSets(max(counts, default=0), sum(counts), is_bounded)
    different = len({labels for one in bounded for labels in _label_sets(one)})
    return LabelSets(different, different, is_bounded)


def advise_series(
    reader: MappingReader, key: ScalarNode, name: str, limit: int, sources: Sequence[tuple[DraftSource, _Rules]]
) -> None:
    """Warn when the label sets of all sources together can be more than the limit.

    A source with a label that nothing bounds is left out: that its series have no end is another matter.
    """
    if sum(_most_series(rules) for _, rules in sources) <= limit:
        return
    most = count_label_sets(sources, enough=limit).least
    if most > limit:
        message = f"{name!r} can have {most} series, but its limit is {limit}"
        reader.warning("series-over-limit", key, message, "raise 'series_limit', or limit the label values further")


def _most_series(rules: Mapping[str, LabelRule | None]) -> int:
    """Return a number that a source's series cannot exceed, soon found; 0 when nothing bounds them."""
    return prod(0 if rule is None else most_values(rule) for rule in rules.values())


def _label_sets(values: dict[str, LabelValues]) -> product[tuple[KnownText | int, ...]]:
    """Write out label sets; the unknown values of a label are numbers, the same for each source, as they share them."""
    return product(*([*values[name].known, *range(values[name].others)] for name in sorted(values)))


def _source_values(source: Tested, rules: _Rules) -> dict[str, LabelValues] | None:
    """Return the values of each label of a source; None when something does not bound them."""
    found = {}
    for name, rule in rules.items():
        values = None if rule is None else label_values(rule, source)
        if values is None:
            return None
        found[name] = values
    return found
