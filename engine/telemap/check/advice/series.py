"""Warn of families whose bounded labels alone can make more series than their limit."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from telemap.check.advice.label_values import LabelValues, label_values, most_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemap.check.findings import Findings
    from telemap.check.sources import DraftSource
    from telemap.document.nodes import ScalarNode
    from telemap.model import KnownText, LabelRule

_MOST_SETS = 100_000
"""Most label sets that are written out to see which of them several sources share."""

_Rules: TypeAlias = "Mapping[str, LabelRule | None]"


def advise_series(
    findings: Findings, key: ScalarNode, name: str, limit: int, sources: Sequence[tuple[DraftSource, _Rules]]
) -> None:
    """Warn when the label sets of all sources together can be more than the limit.

    A source with a label that nothing bounds is left out: that its series have no end is another matter.
    """
    if sum(_most_series(rules) for _, rules in sources) <= limit:
        return
    bounded = [values for draft, rules in sources if (values := _source_values(draft, rules)) is not None]
    counts = [prod(one.number for one in values.values()) for values in bounded]
    if sum(counts) <= limit:
        return
    most = max(counts)
    if sum(counts) <= _MOST_SETS:
        most = len({labels for values in bounded for labels in _label_sets(values)})
    if most > limit:
        message = f"{name!r} can make {most} series, and its limit is {limit}"
        findings.warning("series-over-limit", key, message, "raise 'series_limit', or bound the labels more")


def _most_series(rules: Mapping[str, LabelRule | None]) -> int:
    """Give a number that a source's series cannot exceed, soon found; 0 when nothing bounds them."""
    return prod(0 if rule is None else most_values(rule) for rule in rules.values())


def _label_sets(values: dict[str, LabelValues]) -> product[tuple[KnownText | int, ...]]:
    """Write out label sets; the unknown values of a label are numbers, the same for each source, as they share them."""
    return product(*([*values[name].known, *range(values[name].others)] for name in sorted(values)))


def _source_values(draft: DraftSource, rules: _Rules) -> dict[str, LabelValues] | None:
    """Give the values of each label of a source; None when something does not bound them."""
    found = {}
    for name, rule in rules.items():
        values = None if rule is None else label_values(rule, draft)
        if values is None:
            return None
        found[name] = values
    return found
