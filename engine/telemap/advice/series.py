"""Count the possible series of metrics, and warn if bounded labels alone exceed the limit."""

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
"""Maximum number of label sets that are listed to find those that several rules share."""

_SETS_A_FACT = 10
"""Number of label sets that can be listed in the time of comparing one fact."""

_Rules: TypeAlias = "Mapping[str, LabelRule | None]"

_Values: TypeAlias = "dict[str, LabelValues]"
"""The possible values of each label of a rule."""


class LabelSets(NamedTuple):
    """The number of label sets of all rules of a metric.

    Attributes:
        least: the minimum; rules may share label sets, and too many are not compared.
        most: the maximum.
        bounded: whether every label of every rule is bounded; rules with unbounded ones are not counted.
    """

    least: int
    most: int
    bounded: bool


def count_label_sets(sources: Sequence[tuple[PassingEvents, _Rules]], effort: Effort, *, enough: int = 0) -> LabelSets:
    """Count the label sets of all rules together.

    Args:
        sources: the labels of each rule; None for a label that could not be read.
        effort: the limit on comparisons.
        enough: sets are not compared if there cannot be more than this.
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
    """Warn if all rules together can exceed the series limit.

    Rules with unbounded labels are not counted; they have their own warning.
    """
    if sum(_most_series(rules) for _, rules in sources) <= limit:
        return
    most = count_label_sets(sources, effort, enough=limit).least
    if most > limit:
        message = f"{name!r} can have {most} series, but its limit is {limit}"
        reader.warning("series-over-limit", key, message, "raise 'series_limit', or limit the label values further")


def _most_series(rules: Mapping[str, LabelRule | None]) -> int:
    """Return a quick upper bound of a rule's series; 0 if there is none."""
    return prod(0 if rule is None else most_values(rule) for rule in rules.values())


def _count_different(sources: Iterable[_Values]) -> int:
    """Count the distinct label sets of rules.

    Unknown values of a label are negative numbers, the same for each rule, because rules share them.
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
    """Return the values of each label of a rule; None if they are unbounded."""
    found = {}
    for name, rule in rules.items():
        values = None if rule is None else label_values(rule, events)
        if values is None:
            return None
        found[name] = values
    return found
