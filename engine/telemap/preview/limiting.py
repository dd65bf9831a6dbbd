"""Advise on labels and limits of metrics with many series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from telemap.count_text import count_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.preview.cardinality import FamilyCardinality, LabelCardinality

_MANY: Final = 20
"""Values of a label that are worth a word, if nothing bounds them."""

_NEARLY_FULL: Final = 0.8


class Advice(NamedTuple):
    """Advice on a family.

    Attributes:
        label: the label that it is about; None if it is about the family's limit.
    """

    family: str
    label: str | None
    text: str


def advise(families: Iterable[FamilyCardinality], events: int) -> Iterator[Advice]:
    """Yield advice on labels whose values nothing bounds, and on limits that are reached or nearly so.

    Args:
        families: what was counted.
        events: number of events.
    """
    for one in families:
        unbounded = [label for label in one.labels if _is_unbounded(one, label)]
        for label in unbounded:
            yield Advice(one.family.name, label.name, _about_label(one, label, events))
        limit, name = one.family.series_limit, one.family.name
        if one.overflowed:
            cure = f"bound label {unbounded[0].name!r}" if unbounded else "remove a label"
            lost = f"{count_text(one.overflowed, 'sample')} beyond a limit"
            yield Advice(name, None, f"{lost}: {cure}, or raise series_limit, now {limit:,}")
        elif one.series >= _NEARLY_FULL * limit > 1:
            yield Advice(name, None, f"{one.series:,} of at most {limit:,} series: another few values reach the limit")


def _is_unbounded(one: FamilyCardinality, label: LabelCardinality) -> bool:
    position = one.family.label_names.index(label.name)
    is_closed = all(source.labels[position].is_closed for source in one.family.sources)
    return label.max_values is None and not is_closed and label.values >= _MANY


def _about_label(one: FamilyCardinality, label: LabelCardinality, events: int) -> str:
    more = "" if one.is_exact else "at least "
    without = f"without it, {label.series_without:,} series instead of {more}{one.unlimited:,}"
    found = f"{label.values:,} values in {count_text(events, 'event')}"
    return f"{found}, and nothing bounds them: {without}; add max_values, such as 20, or remove the label"
