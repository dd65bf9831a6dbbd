"""How the series of two mappings differ, that were made of the same events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from telemap.label_text import INSTANCE
from telemap.store.samples import sample_names, sample_values

if TYPE_CHECKING:
    from telemap.plan import FamilyShape
    from telemap.preview.trial import Trial
    from telemap.store.cells import Key
    from telemap.store.series import FamilySeries

Labels: TypeAlias = "tuple[tuple[str, str], ...]"
"""Names and texts, sorted. A label without text is left out: for Prometheus it is not there."""

Samples: TypeAlias = "dict[tuple[str, str | None], float]"
"""The values of one series, by sample name and `le`, in the order of the exposition."""


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """A series that is not the same; `before` or `after` is empty where there is none."""

    labels: Labels
    before: Samples
    after: Samples


@dataclass(frozen=True, slots=True)
class FamilyChange:
    """A family that is not the same.

    Attributes:
        before: None where there is no such family.
        after: None where there is no such family.
        series: those that are not the same, by labels.
        same: how many series are the same.
    """

    name: str
    before: FamilyShape | None
    after: FamilyShape | None
    series: tuple[SeriesChange, ...]
    same: int

    @property
    def gone(self) -> int:
        """Count the series that are not there any more."""
        return sum(not series.after for series in self.series)

    @property
    def new(self) -> int:
        """Count the series that were not there before."""
        return sum(not series.before for series in self.series)

    @property
    def changed(self) -> int:
        """Count the series that have other samples."""
        return len(self.series) - self.gone - self.new


def difference(before: Trial, after: Trial) -> tuple[FamilyChange, ...]:
    """Compare two trials; give the families that are not the same, by name."""
    olds = {family.shape.name: family for family in before.families}
    news = {family.shape.name: family for family in after.families}
    changes = (
        _family_change(name, olds.get(name), news.get(name), before.store.instance)
        for name in sorted(olds.keys() | news.keys())
    )
    return tuple(change for change in changes if change.series or _head(change.before) != _head(change.after))


def _head(shape: FamilyShape | None) -> tuple[object, ...]:
    """Return what makes families different though their series are the same."""
    return () if shape is None else (shape.type, shape.help, shape.label_names, shape.buckets)


def _family_change(name: str, old: FamilySeries | None, new: FamilySeries | None, instance: str) -> FamilyChange:
    olds, news = _series(old, instance), _series(new, instance)
    keys = sorted(olds.keys() | news.keys())
    changes = tuple(
        SeriesChange(labels, olds.get(labels, {}), news.get(labels, {}))
        for labels in keys
        if olds.get(labels) != news.get(labels)
    )
    return FamilyChange(name, _shape(old), _shape(new), changes, len(keys) - len(changes))


def _shape(family: FamilySeries | None) -> FamilyShape | None:
    return None if family is None else family.shape


def _series(family: FamilySeries | None, instance: str) -> dict[Labels, Samples]:
    if family is None:
        return {}
    shape, names = family.shape, sample_names(family.shape)
    return {
        _labels(shape, key, instance): dict(zip(names, sample_values(shape.type, cell), strict=True))
        for key, cell in family.cells.items()
    }


def _labels(shape: FamilyShape, key: Key, instance: str) -> Labels:
    pairs = zip(shape.label_names, key, strict=True)
    return tuple((name, text.replace(INSTANCE, instance)) for name, text in pairs if text)
