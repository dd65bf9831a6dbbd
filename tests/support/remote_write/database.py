"""A time-series database in a few lines: it keeps all samples, as the strictest real one would, and counts exactly."""

from __future__ import annotations

from telemap_lambda.fake_database.decoding import decode
from telemap_lambda.fake_database.samples import STALE, Samples

__all__ = ["STALE", "Database", "OutOfOrderError"]


class OutOfOrderError(Exception):
    """A sample is older than the last one of its series: the whole request is rolled back."""


class Database(Samples):
    """What was written."""

    def write(self, body: bytes) -> None:
        """Take a request as Prometheus does.

        Raises:
            OutOfOrderError: nothing of it was taken.
        """
        found = decode(body)
        if bad := self.out_of_order(found):
            raise OutOfOrderError(bad)
        self.append(found, strict=True)

    def counted(self, name: str, **labels: str) -> float:
        """Return the sum of `max_over_time - min_over_time` over the series with a name and labels."""
        return sum(
            max(values) - min(values)
            for found, samples in self.series.items()
            if {("__name__", name), *labels.items()} <= set(found)
            for values in [[sample.value for sample in samples if sample.bits != STALE]]
        )

    def live(self) -> dict[tuple[tuple[str, str], ...], float]:
        """Return the last value of each series that has not ended."""
        return {labels: samples[-1].value for labels, samples in self.series.items() if samples[-1].bits != STALE}
