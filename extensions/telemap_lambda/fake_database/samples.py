"""The samples stored by a fake database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap_lambda.fake_database.decoding import Sample, Series

Labels: TypeAlias = "tuple[tuple[str, str], ...]"

STALE: Final = 0x7FF0000000000002
"""The bits of the stale marker, the NaN that ends a series."""


class Samples:
    """All samples, ordered by time.

    Attributes:
        series: samples by labels.
    """

    def __init__(self) -> None:
        self.series: dict[Labels, list[Sample]] = {}

    def out_of_order(self, found: Iterable[Series]) -> Series | None:
        """Return the first series with a sample older than the last one stored, if any."""
        return next((series for series in found if not self._follows(series)), None)

    def append(self, found: Iterable[Series], *, strict: bool) -> None:
        """Store series.

        Args:
            found: the series to store.
            strict: whether to skip out-of-order series.
        """
        for series in found:
            if strict and not self._follows(series):
                continue
            kept = {sample.at: sample for sample in (*self.series.get(series.labels, ()), *series.samples)}
            self.series[series.labels] = [kept[at] for at in sorted(kept)]

    def latest(self) -> Iterator[tuple[Labels, float]]:
        """Yield each series with its last value that is not a stale marker."""
        for labels, samples in sorted(self.series.items()):
            values = [sample.value for sample in samples if sample.bits != STALE]
            if values:
                yield labels, values[-1]

    def _follows(self, series: Series) -> bool:
        stored = self.series.get(series.labels)
        times = [sample.at for sample in series.samples]
        if times != sorted(times):
            return False
        if not stored or times[0] > stored[-1].at:
            return True
        return times[0] == stored[-1].at and series.samples[0].bits == stored[-1].bits
