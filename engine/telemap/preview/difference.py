"""Compare the series that two mappings make from the same events."""

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
"""Names and values, sorted. Labels with an empty value are left out: Prometheus treats them as absent."""

Samples: TypeAlias = "dict[tuple[str, str | None], float]"
"""The values of one series, by sample name and `le`, in the order of the exposition."""


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """A series that differs; `before` or `after` is empty if it does not exist there."""

    labels: Labels
    before: Samples
    after: Samples


@dataclass(frozen=True, slots=True)
class FamilyChange:
    """A family that differs.

    Attributes:
        before: None if it does not exist there.
        after: None if it does not exist there.
        series: the series that differ, sorted by labels.
        same: number of unchanged series.
    """

    name: str
    before: FamilyShape | None
    after: FamilyShape | None
    series: tuple[SeriesChange, ...]
    same: int

    @property
    def gone(self) -> int:
        """Count the series that exist only before."""
        return sum(not series.after for series in self.series)

    @property
    def new(self) -> int:
        """Count the series that exist only after."""
        return sum(not series.before for series in self.series)

    @property
    def changed(self) -> int:
        """Count the series whose samples differ."""
        return len(self.series) - self.gone - self.new


def difference(before: Trial, after: Trial) -> tuple[FamilyChange, ...]:
    """Return the families in which two trials differ, by name."""
    old = {family.shape.name: family for family in before.families}
    new = {family.shape.name: family for family in after.families}
    changes = (
        _family_change(name, old.get(name), new.get(name), before.store.instance)
        for name in sorted(old.keys() | new.keys())
    )
    return tuple(change for change in changes if change.series or _head(change.before) != _head(change.after))


def _head(shape: FamilyShape | None) -> tuple[object, ...]:
    """Return the properties by which families with the same series can differ."""
    return () if shape is None else (shape.type, shape.help, shape.label_names, shape.buckets)


def _family_change(name: str, old: FamilySeries | None, new: FamilySeries | None, instance: str) -> FamilyChange:
    before, after = _series(old, instance), _series(new, instance)
    keys = sorted(before.keys() | after.keys())
    changes = tuple(
        SeriesChange(labels, before.get(labels, {}), after.get(labels, {}))
        for labels in keys
        if before.get(labels) != after.get(labels)
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
