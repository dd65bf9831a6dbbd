"""Render a store in Prometheus's text format, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.float_text import float_text
from telemap.label_text import INSTANCE
from telemap.store.samples import sample_names, sample_values

if TYPE_CHECKING:
    from telemap.plan import FamilyShape
    from telemap.store import Store
    from telemap.store.series import FamilySeries, Key

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def render(store: Store) -> str:
    """Render all series of a store: families by name, series by label values; families without series are left out."""
    return Renderer(store).render()


class Renderer:
    """Render a store again and again: what does not change between two renderings is kept.

    Args:
        store: whose series.
        without: labels that are left out because the gateway adds them, by its grouping key.
    """

    def __init__(self, store: Store, *, without: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._families = [_FamilyText(series, without) for series in store.all_families()]

    def render(self) -> str:
        """Give the text as it is now."""
        with self._store.lock:
            self._store.refresh()
            lines: list[str] = []
            for family in self._families:
                family.append_to(lines)
        text = "\n".join(lines) + "\n" if lines else ""
        return text.replace(INSTANCE, escape_label(self._store.instance))


class _FamilyText:
    """The text of one family, but for the values."""

    def __init__(self, series: FamilySeries, without: frozenset[str]) -> None:
        shape = series.shape
        self._series = series
        self._without = without & shape.instance_labels
        self._names = sample_names(shape)
        self._head = f"# HELP {shape.name} {escape_help(shape.help)}\n# TYPE {shape.name} {shape.type.value}"
        self._changes = -1
        self._prefixes: list[tuple[Key, list[str]]] = []

    def append_to(self, lines: list[str]) -> None:
        """Add the lines of this family, if it has any series."""
        series = self._series
        if self._changes != series.changes:
            self._read_keys()
        if not self._prefixes:
            return
        lines.append(self._head)
        metric_type = series.shape.type
        for key, prefixes in self._prefixes:
            values = sample_values(metric_type, series.cells[key])
            for prefix, value in zip(prefixes, values, strict=True):
                lines.append(prefix + float_text(value))

    def _read_keys(self) -> None:
        """Write the fixed part of each line anew, because series have come or gone."""
        self._changes = self._series.changes
        self._prefixes = [(key, self._series_prefixes(self._series.shape, key)) for key in sorted(self._series.cells)]

    def _series_prefixes(self, shape: FamilyShape, key: Key) -> list[str]:
        own = {
            name: escape_label(text)
            for name, text in zip(shape.label_names, key, strict=True)
            if name not in self._without
        }
        return [_prefix(name, own if bound is None else {**own, "le": bound}) for name, bound in self._names]


def escape_help(text: str) -> str:
    """Escape a help text as the format wants it."""
    return text.replace("\\", r"\\").replace("\n", r"\n")


def escape_label(text: str) -> str:
    """Escape a label value as the format wants it."""
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _prefix(name: str, labels: dict[str, str]) -> str:
    """Write a sample line up to its value; labels are sorted by name."""
    if not labels:
        return f"{name} "
    pairs = ",".join(f'{label}="{labels[label]}"' for label in sorted(labels))
    return f"{name}{{{pairs}}} "
