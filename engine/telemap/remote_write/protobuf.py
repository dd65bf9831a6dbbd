"""Hand-written protobuf encoding of the remote write 1.0 `WriteRequest`.

    message WriteRequest { repeated TimeSeries timeseries = 1; }
    message TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2; }
    message Label        { string name = 1; string value = 2; }
    message Sample       { double value = 1; int64 timestamp = 2; }

https://github.com/prometheus/prometheus/blob/main/prompb/types.proto
"""

from __future__ import annotations

import functools
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple

from telemap.remote_write.snappy import block
from telemap.remote_write.varint import varint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from telemap.remote_write.form import Line

STALE: Final = bytes.fromhex("020000000000f07f")
"""Prometheus's staleness marker, a NaN that ends a series (`value.StaleNaN`), little-endian."""

_double = Struct("<d").pack

_length = functools.lru_cache(maxsize=1024)(varint)
"""Cached encoding of a series length; there are few distinct ones."""


class Frames(NamedTuple):
    """The bytes around the values of a series.

    Attributes:
        between: bytes around the earlier values and before the new one.
        end: bytes after the new value.
        size: size of all samples in bytes.
    """

    between: tuple[bytes, ...]
    end: bytes
    size: int


class Protobuf:
    """Encode series as a `WriteRequest` in a snappy block."""

    def labels(self, name: str, labels: Mapping[str, str]) -> bytes:
        """Encode a metric's name and labels, sorted and without empty ones."""
        named = {**labels, "__name__": name}
        return b"".join(_label(*pair) for pair in sorted(named.items()) if pair[1])

    def frames(self, earlier: Sequence[int], at: int) -> Frames:
        """Encode the times of samples.

        Args:
            earlier: times of the earlier values, in Unix milliseconds.
            at: time of the new value.
        """
        times = [b"\x10" + varint(time) for time in (*earlier, at)]
        heads = [b"\x12" + varint(9 + len(time)) + b"\x09" for time in times]
        between = [head if not number else times[number - 1] + head for number, head in enumerate(heads)]
        return Frames(tuple(between), times[-1], sum(map(len, [*heads, *times])) + 8 * len(times))

    def series(self, lines: Iterable[Line[Frames]]) -> bytes:
        """Encode series, each with its earlier values and the new one."""
        parts: list[bytes] = []
        for labels, before, (between, end, size), value in lines:
            earlier = _double(before).join(between)
            parts += (b"\x0a", _length(len(labels) + size), labels, earlier, _double(value), end)
        return b"".join(parts)

    def stale(self, labels: bytes, frames: Frames) -> bytes:
        """Encode the end of a series."""
        return b"".join((b"\x0a", _length(len(labels) + frames.size), labels, *frames.between, STALE, frames.end))

    def body(self, series: Iterable[bytes]) -> bytes:
        """Return the request body for encoded series."""
        return block(b"".join(series))


def _label(name: str, value: str) -> bytes:
    pair = _text(b"\x0a", name) + _text(b"\x12", value)
    return b"\x0a" + varint(len(pair)) + pair


def _text(tag: bytes, text: str) -> bytes:
    data = text.encode(errors="replace")  # a file name may not be valid UTF-8
    return tag + varint(len(data)) + data
