"""Decode remote write: snappy's block format, and protobuf's wire format.

Independent of the encoder.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


_DOUBLE = struct.Struct("<d")
_VALUE = bytes([1 << 3 | 1])
_TIME = bytes([2 << 3])
"""The keys of a sample's fields."""


class Sample(NamedTuple):
    """A sample; `bits` tells NaNs apart."""

    value: float
    bits: int
    at: int


class Series(NamedTuple):
    """A time series, with labels in the order sent."""

    labels: tuple[tuple[str, str], ...]
    samples: tuple[Sample, ...]

    @property
    def name(self) -> str:
        """The metric's name."""
        return dict(self.labels)["__name__"]


class DecodingError(ValueError):
    """The body is not a snappy-compressed `WriteRequest`."""


def decode(body: bytes) -> list[Series]:
    """Decode a snappy-compressed `WriteRequest`.

    Raises:
        DecodingError: the body is not one.
    """
    try:
        return [_series(message) for _, message in _fields(uncompress(body), {1: 2})]
    except (IndexError, KeyError, UnicodeDecodeError, struct.error) as error:
        raise DecodingError("it ends too early, or has other fields") from error


def uncompress(data: bytes) -> bytes:
    """Decompress a snappy block, with or without copies.

    Raises:
        DecodingError: the data is not one.
    """
    length, at = _varint(data, 0)
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        kind = tag & 3
        if kind == 0:
            size, extra = tag >> 2, max(0, (tag >> 2) - 59)
            if extra:
                size = int.from_bytes(data[at : at + extra], "little")
            at += extra
            _require(at + size + 1 <= len(data), "the literal is cut off")
            out += data[at : at + size + 1]
            at += size + 1
            continue
        width = {1: 1, 2: 2, 3: 4}[kind]
        offset = int.from_bytes(data[at : at + width], "little") | ((tag >> 5) << 8 if kind == 1 else 0)
        at += width
        for _ in range((tag >> 2 & 7) + 4 if kind == 1 else (tag >> 2) + 1):
            out.append(out[-offset])
    _require(len(out) == length, "the length is another")
    return bytes(out)


def _require(holds: bool, words: str) -> None:  # noqa: FBT001 - like assert
    if not holds:
        raise DecodingError(words)


def _series(message: bytes) -> Series:
    labels, samples = [], []
    for number, part in _fields(message, {1: 2, 2: 2}):
        if number == 1:
            labels.append(_label(part))
        else:
            samples.append(_sample(part))
    return Series(tuple(labels), tuple(samples))


@lru_cache(maxsize=4096)  # requests repeat nearly all labels of those before
def _label(message: bytes) -> tuple[str, str]:
    pair = dict(_fields(message, {1: 2, 2: 2}))
    return pair[1].decode(), pair[2].decode()


def _sample(message: bytes) -> Sample:
    if message[:1] == _VALUE and message[9:10] == _TIME:  # as encoders write them
        time, end = _time(message[10:])
        if end + 10 == len(message):
            return _sample_of(message[1:9], time)
    fields = dict(_fields(message, {1: 1, 2: 0}))
    return _sample_of(fields.get(1, bytes(8)), int.from_bytes(fields.get(2, b""), "little"))


@lru_cache(maxsize=64)  # the samples of a request are all of a few times
def _time(message: bytes) -> tuple[int, int]:
    return _varint(message, 0)


def _sample_of(raw: bytes, at: int) -> Sample:
    [value] = _DOUBLE.unpack(raw)
    return Sample(value, int.from_bytes(raw, "little"), at)


def _fields(message: bytes, expected: dict[int, int]) -> Iterator[tuple[int, bytes]]:
    """Yield the fields of a message, each of the expected wire type."""
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if expected.get(number) != wire:
            raise DecodingError(f"field {number} of wire type {wire}")
        if wire == 2:
            size, at = _varint(message, at)
            begin, at = at, at + size
            _require(at <= end, "the field is cut off")
            yield number, message[begin:at]
        elif wire == 1:
            yield number, message[at : at + 8]
            at += 8
        else:
            value, at = _varint(message, at)
            yield number, value.to_bytes(8, "little")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    if data[at] < 0x80:
        return data[at], at + 1
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
