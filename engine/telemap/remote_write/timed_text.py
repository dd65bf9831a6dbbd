"""Prometheus's text format with a time on each line, as VictoriaMetrics imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.exposition import escape_label
from telemap.float_text import float_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class TimedText:
    """Write series as text."""

    def labels(self, name: str, labels: Mapping[str, str]) -> bytes:
        """Write a metric's name and labels: sorted, without those that are empty."""
        pairs = [f'{label}="{escape_label(value)}"' for label, value in sorted(labels.items()) if value]
        text = f"{name}{{{','.join(pairs)}}}" if pairs else name
        return text.encode(errors="replace")  # a file's name may hold what has no UTF-8

    def frames(self, earlier: Sequence[int], at: int) -> tuple[tuple[bytes, ...], bytes]:
        """Write the times of samples.

        Args:
            earlier: of earlier values, in Unix milliseconds.
            at: of the new value.
        """
        ends = [b" %d\n" % time for time in (*earlier, at)]
        return (b"", *ends[:-1]), ends[-1]

    def series(self, labels: bytes, before: float, frames: tuple[tuple[bytes, ...], bytes], value: float) -> bytes:
        """Write one series.

        Args:
            labels: as `labels` made them.
            before: the earlier value.
            frames: of the samples.
            value: the new value.
        """
        ends, end = frames
        earlier = b"%b %b" % (labels, float_text(before).encode())
        return b"%b%b %b%b" % (earlier.join(ends), labels, float_text(value).encode(), end)

    def stale(self, labels: bytes, frames: tuple[tuple[bytes, ...], bytes]) -> bytes:  # noqa: ARG002 - as in the other
        """Write nothing: the text format has no word for the end of a series."""
        return b""

    def body(self, series: Iterable[bytes]) -> bytes:
        """Return what is sent of written series."""
        return b"".join(series)
