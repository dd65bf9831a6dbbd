"""A time-series database in a few lines: it keeps all samples, as the strictest real one would, and counts exactly."""

from __future__ import annotations

from remote_write.decoding import Sample, Series, decode

STALE = 0x7FF0000000000002


class OutOfOrderError(Exception):
    """A sample is older than the last one of its series: the whole request is rolled back."""


class Database:
    """What was written.

    Attributes:
        series: all samples, by labels.
    """

    def __init__(self) -> None:
        self.series: dict[tuple[tuple[str, str], ...], list[Sample]] = {}

    def write(self, body: bytes) -> None:
        """Take a request as Prometheus does.

        Raises:
            OutOfOrderError: nothing of it was taken.
        """
        taken = {labels: list(samples) for labels, samples in self.series.items()}
        for series in decode(body):
            self._append(taken.setdefault(series.labels, []), series)
        self.series = taken

    def counted(self, name: str, **labels: str) -> float:
        """Return the sum of `max_over_time - min_over_time` over the series with a name and labels."""
        return sum(
            max(values) - min(values)
            for found, samples in self.series.items()
            if {("__name__", name), *labels.items()} <= set(found)
            for values in [[sample.value for sample in samples if sample.bits != STALE]]
        )

    def latest(self) -> dict[tuple[tuple[str, str], ...], float]:
        """Return the last value of each series that has not ended."""
        return {labels: samples[-1].value for labels, samples in self.series.items() if samples[-1].bits != STALE}

    def _append(self, kept: list[Sample], series: Series) -> None:
        for sample in series.samples:
            if kept and (sample.at < kept[-1].at or (sample.at == kept[-1].at and sample.bits != kept[-1].bits)):
                raise OutOfOrderError(series, sample)
            if not kept or sample.at > kept[-1].at:
                kept.append(sample)
