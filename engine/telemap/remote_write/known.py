"""What a database has of each series: the values and times of its last samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.label_text import INSTANCE
from telemap.model import MetricType
from telemap.remote_write.request import KnownSeries
from telemap.store.samples import sample_names, sample_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from telemap.remote_write.form import Format
    from telemap.remote_write.request import RequestBuilder
    from telemap.remote_write.steps import Timeline
    from telemap.store.cells import Cell, Key
    from telemap.store.series import FamilySeries


_ALONE: Final = (0,)
"""Line numbers of a series with a single line."""


class KnownFamily:
    """What a database has of one family.

    Args:
        series: the family.
        form: format of the series.
        own: whether the family is one of telemap's own.

    Attributes:
        name: name of the family.
    """

    def __init__(self, series: FamilySeries, form: Format[Any], *, own: bool) -> None:
        self.name = series.shape.name
        self.own = own
        self._series = series
        self._form = form
        self._names = sample_names(series.shape)
        self._is_gauge = series.shape.type is MetricType.GAUGE
        self._known: dict[Key, KnownSeries] = {}
        self._changes = -1
        self._pairs: list[tuple[KnownSeries, Cell]] = []

    @property
    def cells(self) -> dict[Key, Cell]:
        """Return the series as the database has them."""
        return {key: known.cell for key, known in self._known.items() if known.cell is not None}

    def forget(self) -> None:
        """Reset for a new instance."""
        self._known.clear()
        self._changes = -1

    def add_to(
        self, builder: RequestBuilder, timeline: Timeline[Any], target: Mapping[str, str], instance: str
    ) -> None:
        """Add what changed: current values for gauges, steps for all others, and the end of expired series.

        Args:
            builder: builder to add to.
            timeline: sample times.
            target: labels of the process, which override the metric's own.
            instance: instance ID, for labels that refer to it.
        """
        if self._changes != self._series.changes:
            self._read_keys(target, instance)
        for known in self._gone():
            self._end(known, builder, timeline)
        if len(self._names) == 1:
            self._add_single(builder, timeline)
        else:
            self._add_several(builder, timeline)

    def end_all(self, builder: RequestBuilder, timeline: Timeline[Any]) -> None:
        """Add the end of every series sent so far."""
        for known in self._known.values():
            self._end(known, builder, timeline)

    def _add_single(self, builder: RequestBuilder, timeline: Timeline[Any]) -> None:
        """Add series with a single line: all gauges, and counters that changed."""
        for known, cell in self._pairs:
            if self._is_gauge:
                frames, before = timeline.alone, 0.0
            elif cell == known.cell:
                continue
            else:
                before = known.values[0]
                frames = timeline.alone if cell[0] == before else timeline.after(known.times[0])
            sent = cell[:]
            builder.add(((known.lines[0], before, frames, sent[0]),), (known, sent, sent, _ALONE))

    def _add_several(self, builder: RequestBuilder, timeline: Timeline[Any]) -> None:
        """Add the changes of series with several lines; a line that begins at 0 has no earlier values."""
        metric_type = self._series.shape.type
        for known, cell in self._pairs:
            if cell == known.cell:
                continue
            values = sample_values(metric_type, cell)[:]
            lines, numbers = [], []
            seen, frames = -1, timeline.alone
            for number, value in enumerate(values):
                before, last = known.values[number], known.times[number]
                if value != before:
                    if last != seen:
                        seen, frames = last, timeline.after(last)
                    lines.append((known.lines[number], before, frames, value))
                elif not last:
                    lines.append((known.lines[number], before, timeline.alone, value))
                else:
                    continue
                numbers.append(number)
            builder.add(lines, (known, cell[:], values, numbers))

    def _end(self, known: KnownSeries, builder: RequestBuilder, timeline: Timeline[Any]) -> None:
        sent = [number for number, time in enumerate(known.times) if time]
        data = b"".join(self._form.stale(known.lines[number], timeline.alone) for number in sent)
        if data:
            builder.add_end(data, (known, None, [0.0] * len(known.lines), sent))

    def _gone(self) -> list[KnownSeries]:
        """Return series that were sent and have since expired."""
        if not self._is_gauge or len(self._known) == len(self._pairs):
            return []
        cells = self._series.cells
        return [known for key, known in self._known.items() if key not in cells and known.cell is not None]

    def _read_keys(self, target: Mapping[str, str], instance: str) -> None:
        """Update the list of series, sorted by labels, after some were added or removed."""
        self._changes = self._series.changes
        self._pairs = []
        for key, cell in sorted(self._series.cells.items()):
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = KnownSeries(list(self._lines(key, target, instance)), own=self.own)
            self._pairs.append((known, cell))
        self._drop(key for key, known in self._known.items() if key not in self._series.cells and known.cell is None)

    def _drop(self, keys: Iterable[Key]) -> None:
        for key in list(keys):
            del self._known[key]

    def _lines(self, key: Key, target: Mapping[str, str], instance: str) -> Iterator[bytes]:
        shape = self._series.shape
        texts = (text.replace(INSTANCE, instance) for text in key)
        labels = dict(zip(shape.label_names, texts, strict=True))
        for name, bound in self._names:
            bucket = {} if bound is None else {"le": bound}
            yield self._form.labels(name, {**labels, **bucket, **target})
