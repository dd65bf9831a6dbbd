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
    from collections.abc import Iterable, Mapping, Sequence

    from telemap.model import MetricType
    from telemap.plan import FamilyShape
    from telemap.store import Store
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries
    from telemap.store.snapshot import Snapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def render(store: Store) -> str:
    """Render all series of a store, families sorted by name, series by label values."""
    return Renderer(store).render()


class Renderer:
    """Renders a store repeatedly, and caches what does not change.

    Args:
        store: the store.
        without: labels to leave out, because the gateway adds them from the grouping key.
    """

    def __init__(self, store: Store, *, without: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._families = [_FamilyText(series, without) for series in store.all_families()]
        own = store.own.families if store.own else ()
        self._own = [family for family in self._families if family.series in own]
        self._adding = [family for family in self._families if family.series not in own and family.series.shape.adds]

    def render(self) -> str:
        """Return the current text."""
        return self._text(self._families)

    def render_own(self) -> str:
        """Return only telemap's own families."""
        return self._text(self._own)

    def render_increments(self, since: Snapshot) -> str:
        """Return what was added since a snapshot, for aggregating gateways, without telemap's own families."""
        return self._text(self._adding, since)

    def _text(self, families: Iterable[_FamilyText], since: Snapshot | None = None) -> str:
        lines: list[str] = []
        with self._store.lock:
            self._store.refresh()
            for family in families:
                if since is None:
                    family.append_to(lines)
                else:
                    family.append_to(lines, increments(family.series, since.get(family.series.shape.name, {})))
        text = "\n".join(lines) + "\n" if lines else ""
        return text.replace(INSTANCE, escape_label(self._store.instance))


class _FamilyText:
    """The text of a family.

    Attributes:
        series: the family.
    """

    def __init__(self, series: FamilySeries, without: frozenset[str]) -> None:
        shape = series.shape
        self.series = series
        self._left_out = without & shape.instance_labels
        self._head = f"# HELP {shape.name} {escape_help(shape.help)}\n# TYPE {shape.name} {shape.type.value}"
        self._changes = -1
        self._pattern: tuple[str, int] | None = None
        self._texts: dict[Key, _SeriesText] = {}

    def append_to(self, lines: list[str], increments: Mapping[Key, Cell] | None = None) -> None:
        """Append the lines of this family, if it has series.

        Args:
            lines: the lines so far.
            increments: values to write instead of the current ones; other series are left out.
        """
        if not (self.series.cells if increments is None else increments):
            return
        if self._changes != self.series.changes:
            self._read_keys()
        lines.append(self._head)
        metric_type = self.series.shape.type
        if increments is None:
            lines += [text.current(metric_type) for text in self._texts.values()]
        else:
            lines += [text.of(metric_type, increments[key]) for key, text in self._texts.items() if key in increments]

    def _read_keys(self) -> None:
        """Update the list of series, sorted by labels, after some were added or removed."""
        self._changes = self.series.changes
        before = self._texts
        self._texts = {}
        for key, cell in sorted(self.series.cells.items()):
            text = before.get(key)
            if text is None or text.cell is not cell:
                text = _SeriesText(cell, self._template(key))
            self._texts[key] = text

    def _template(self, key: Key) -> str:
        """Return the lines of a series, with `%s` for the values."""
        names = self.series.shape.label_names
        shown = (text for name, text in zip(names, key, strict=True) if name not in self._left_out)
        if self._pattern is None:
            self._pattern = self._make_pattern()
        pattern, lines = self._pattern
        return pattern % tuple([escape_label(text).replace("%", "%%") for text in shown] * lines)

    def _make_pattern(self) -> tuple[str, int]:
        """Return the pattern of any series, and its number of lines."""
        shape = self.series.shape
        names = [name for name in shape.label_names if name not in self._left_out]
        return _pattern(shape, names), len(sample_names(shape))


def _pattern(shape: FamilyShape, label_names: Sequence[str]) -> str:
    """Return the lines of any series, with `%s` for label values and `%%s` for the values; labels are sorted."""
    pairs = [f'{name}="%s"' for name in label_names]
    place = sum(name < "le" for name in label_names)
    lines = []
    for name, bound in sample_names(shape):
        labels = pairs if bound is None else [*pairs[:place], f'le="{bound}"', *pairs[place:]]
        lines.append(f"{name}{{{','.join(labels)}}} %%s" if labels else f"{name} %%s")
    return "\n".join(lines)


class _SeriesText:
    """The text of a series, which is rewritten only if its values change.

    Attributes:
        cell: the series.
    """

    __slots__ = ("_shown", "_template", "_text", "cell")

    def __init__(self, cell: Cell, template: str) -> None:
        self.cell = cell
        self._template = template
        self._shown: Cell = []
        self._text = ""

    def current(self, metric_type: MetricType) -> str:
        """Return the current lines."""
        if self.cell != self._shown:
            self._shown = self.cell[:]
            self._text = self.of(metric_type, self._shown)
        return self._text

    def of(self, metric_type: MetricType, cell: Cell) -> str:
        """Return the lines for a cell."""
        return self._template % tuple(map(float_text, sample_values(metric_type, cell)))


def escape_help(text: str) -> str:
    """Escape a help text."""
    return text.replace("\\", r"\\").replace("\n", r"\n")


def escape_label(text: str) -> str:
    """Escape a label value."""
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
