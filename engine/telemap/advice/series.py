"""Count the series that families can make, and warn where bounded labels alone make more than the limit."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from telemap.advice.contradictions import TooMuchError
from telemap.advice.label_values import LabelValues, label_values, most_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from telemap.advice.contradictions import Effort
    from telemap.advice.passing import PassingEvents
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import ScalarNode
    from telemap.model import KnownText, LabelRule

_MAX_SETS = 100_000
"""Most label sets that are written out to see which of them several sources share."""

_SETS_A_FACT = 10
"""How many label sets are written out in the time in which one fact is looked at."""

_Rules: TypeAlias = "Mapping[str, LabelRule | None]"

_Values: TypeAlias = "dict[str, LabelValues]"
"""What each label of a source can be."""


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


def count_label_sets(sources: Sequence[tuple[PassingEvents, _Rules]], effort: Effort, *, enough: int = 0) -> LabelSets:
    """Count the label sets of all sources together.

    Args:
        sources: each with its labels; None stands for a label that could not be read.
        effort: how many sets may be compared.
        enough: sets are not compared when even without that there are no more.
    """
    values = [_source_values(events, rules) for events, rules in sources]
    bounded = [one for one in values if one is not None]
    is_bounded = len(bounded) == len(values)
    different = list({tuple(sorted(one.items())): one for one in bounded}.values())
    counts = [prod(one.number for one in labels.values()) for labels in different]
    least, most = max(counts, default=0), sum(counts)
    if enough < most <= _MAX_SETS and len(different) > 1:
        with suppress(TooMuchError):
            effort.spend(most // _SETS_A_FACT)
            least = most = _count_different(different)
    return LabelSets(least, most, is_bounded)


def advise_series(
    reader: MappingReader,
    key: ScalarNode,
    name: str,
    limit: int,
    sources: Sequence[tuple[PassingEvents, _Rules]],
    effort: Effort,
) -> None:
    """Warn when the label sets of all sources together can be more than the limit.

    A source with a label that nothing bounds is left out: that its series have no end is another matter.
    """
    if sum(_most_series(rules) for _, rules in sources) <= limit:
        return
    most = count_label_sets(sources, effort, enough=limit).least
    if most > limit:
        message = f"{name!r} can have {most} series, but its limit is {limit}"
        reader.warning("series-over-limit", key, message, "raise 'series_limit', or limit the label values further")


def _most_series(rules: Mapping[str, LabelRule | None]) -> int:
    """Return a number that a source's series cannot exceed, soon found; 0 when nothing bounds them."""
    return prod(0 if rule is None else most_values(rule) for rule in rules.values())


def _count_different(sources: Iterable[_Values]) -> int:
    """Count the label sets of sources, each once.

    The unknown values of a label are numbers below 0, the same for each source, as they share them.
    """
    numbers: dict[KnownText, int] = {}
    found: set[tuple[int, ...]] = set()
    for values in sources:
        labels = (values[name] for name in sorted(values))
        found.update(
            product(
                *(
                    [*(numbers.setdefault(text, len(numbers)) for text in label.known), *range(-label.others, 0)]
                    for label in labels
                )
            )
        )
    return len(found)


def _source_values(events: PassingEvents, rules: _Rules) -> _Values | None:
    """Return the values of each label of a source; None when something does not bound them."""
    found = {}
    for name, rule in rules.items():
        values = None if rule is None else label_values(rule, events)
        if values is None:
            return None
        found[name] = values
    return found
