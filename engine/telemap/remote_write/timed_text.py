"""The Prometheus text format with a timestamp on each line, as imported by VictoriaMetrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from telemap.exposition import escape_label
from telemap.float_text import float_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from telemap.remote_write.form import Line


_Frames: TypeAlias = tuple[tuple[bytes, ...], bytes]
"""Text after the values: nothing before the first, the times of the earlier ones; and the time of the new one."""


class TimedText:
    """Encode series as text."""

    def labels(self, name: str, labels: Mapping[str, str]) -> bytes:
        """Encode a metric's name and labels, sorted and without empty ones."""
        pairs = [f'{label}="{escape_label(value)}"' for label, value in sorted(labels.items()) if value]
        text = f"{name}{{{','.join(pairs)}}}" if pairs else name
        return text.encode(errors="replace")  # a file name may not be valid UTF-8

    def frames(self, earlier: Sequence[int], at: int) -> _Frames:
        """Encode the times of samples.

        Args:
            earlier: times of the earlier values, in Unix milliseconds.
            at: time of the new value.
        """
        ends = [b" %d\n" % time for time in (*earlier, at)]
        return (b"", *ends[:-1]), ends[-1]

    def series(self, lines: Iterable[Line[_Frames]]) -> bytes:
        """Encode series, each with its earlier values and the new one."""
        parts: list[bytes] = []
        for labels, before, (ends, end), value in lines:
            earlier = b"%b %b" % (labels, float_text(before).encode())
            parts += (earlier.join(ends), labels, b" ", float_text(value).encode(), end)
        return b"".join(parts)

    def stale(self, labels: bytes, frames: _Frames) -> bytes:  # noqa: ARG002 - same signature as in the protocol
        """Return nothing: the text format cannot express the end of a series."""
        return b""

    def body(self, series: Iterable[bytes]) -> bytes:
        """Return the request body for encoded series."""
        return b"".join(series)
