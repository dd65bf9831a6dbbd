"""Render a store in Prometheus's text format, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.float_text import float_text
from telemap.label_text import INSTANCE
from telemap.store.samples import sample_names, sample_values
from telemap.store.snapshot import increments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from telemap.plan import FamilyShape
    from telemap.store import Store
    from telemap.store.series import Cell, FamilySeries, Key
    from telemap.store.snapshot import Snapshot

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
        own = store.own.families if store.own else ()
        self._own = [family for family in self._families if family.series in own]
        self._adding = [family for family in self._families if family.series not in own and family.series.shape.adds]

    def render(self) -> str:
        """Give the text as it is now."""
        return self._text(self._families)

    def render_own(self) -> str:
        """Give telemap's own families alone."""
        return self._text(self._own)

    def render_increments(self, since: Snapshot) -> str:
        """Give what was added since a moment, for gateways that add up; not gauges that cannot, nor telemap's own."""
        return self._text(self._adding, since)

    def _text(self, families: Iterable[_FamilyText], since: Snapshot | None = None) -> str:
        lines: list[str] = []
        with self._store.lock:
            self._store.refresh()
            for family in families:
                series = family.series
                cells = series.cells if since is None else increments(series, since.get(series.shape.name, {}))
                family.append_to(lines, cells)
        text = "\n".join(lines) + "\n" if lines else ""
        return text.replace(INSTANCE, escape_label(self._store.instance))


class _FamilyText:
    """The text of one family, but for the values.

    Attributes:
        series: the family.
    """

    def __init__(self, series: FamilySeries, without: frozenset[str]) -> None:
        shape = series.shape
        self.series = series
        self._without = without & shape.instance_labels
        self._names = sample_names(shape)
        self._head = f"# HELP {shape.name} {escape_help(shape.help)}\n# TYPE {shape.name} {shape.type.value}"
        self._changes = -1
        self._prefixes: list[tuple[Key, list[str]]] = []

    def append_to(self, lines: list[str], cells: Mapping[Key, Cell]) -> None:
        """Add the lines of this family, if there are any.

        Args:
            lines: what is written so far.
            cells: what to write of each series; those that are not in it are left out.
        """
        if not cells:
            return
        if self._changes != self.series.changes:
            self._read_keys()
        lines.append(self._head)
        metric_type = self.series.shape.type
        for key, prefixes in self._prefixes:
            if key not in cells:
                continue
            values = sample_values(metric_type, cells[key])
            for prefix, value in zip(prefixes, values, strict=True):
                lines.append(prefix + float_text(value))

    def _read_keys(self) -> None:
        """Write the fixed part of each line anew, because series have come or gone."""
        self._changes = self.series.changes
        self._prefixes = [(key, self._series_prefixes(self.series.shape, key)) for key in sorted(self.series.cells)]

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
