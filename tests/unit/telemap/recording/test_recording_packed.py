"""Recordings that are compressed, and files that are no recordings."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import random
import zlib

import pytest
from recordings import EVENTS, LINES, events_of, pouring, until_fault

from telemap.errors import DecodeError
from telemap.recording import DamagedError, EventReader


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]".encode("utf-16"), "this is UTF-16 or UTF-32 text: save it as UTF-8"),
        ("[]".encode("utf-16-le"), "this is UTF-16 or UTF-32 text: save it as UTF-8"),
        ("{}".encode("utf-16-be"), "this is UTF-16 or UTF-32 text: save it as UTF-8"),
        (lzma.compress(b"[]"), "this is compressed with xz, but only gzip is supported: unpack it with 'xz -dc', and"),
        (b"BZh91AY&SY", "this is compressed with bzip2, "),
        (b"\x28\xb5\x2f\xfd\x00", "this is compressed with zstd, "),
        (b"PK\x03\x04\x14\x00", "this is a zip archive, "),
        (gzip.compress(gzip.compress(b"[]", mtime=0), mtime=0), "this is compressed twice: "),
        (b"\x7fELF\x02\x01", "line 1: not JSON: Expecting value at '\\x7fELF\\x02\\x01'"),
    ],
)
def test_other_formats_are_named(content: bytes, said: str) -> None:
    with pytest.raises(DecodeError) as raised:
        events_of(content)
    assert str(raised.value).startswith(said)


def test_gzip_members_follow_one_another_as_cat_joins_files() -> None:
    first, second = gzip.compress(LINES.encode()), gzip.compress(json.dumps(EVENTS).encode())
    content = first + second + b"\0" * 512
    for sizes in ([1], [7], [len(first)], [len(first) + 1]):
        assert list(EventReader(pouring(content, sizes))) == EVENTS * 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(LINES.encode(), mtime=0)[:-1], "the gzip data is truncated"),
        (
            gzip.compress(LINES.encode(), mtime=0) + gzip.compress(LINES.encode(), mtime=0)[:4],
            "the gzip data is truncated",
        ),
        (gzip.compress(LINES.encode(), mtime=0) + b"more", "the gzip data is damaged: "),
    ],
    ids=["no checksum", "a second member cut", "something after it"],
)
def test_events_before_damaged_gzip_are_read(content: bytes, said: str) -> None:
    reader = EventReader(io.BytesIO(content).read)
    batches = reader.batches()
    assert next(batches) == EVENTS
    with pytest.raises(DecodeError) as raised:
        next(batches)
    assert str(raised.value).startswith(said)


def test_wrong_gzip_checksum_is_reported_after_all_events() -> None:
    packed = gzip.compress(LINES.encode())
    events, fault = until_fault(packed[:-8] + bytes(8))
    assert events == EVENTS
    assert fault.startswith("the gzip data is damaged: ")


def damaged() -> bytes:
    """Return a packed recording of 20,000 events that is damaged in its middle."""
    chance = random.Random(1)  # noqa: S311 - the same each time
    lines = (json.dumps({"type": "function", "record": {"n": chance.random()}}) for _ in range(20_000))
    packed = bytearray(gzip.compress("\n".join(lines).encode(), mtime=0))
    middle = len(packed) // 2
    packed[middle : middle + 400] = b"\xff" * 400
    return bytes(packed)


@pytest.mark.parametrize("passes_over", [False, True])
def test_damaged_gzip_is_reported_instead_of_bad_lines(*, passes_over: bool) -> None:
    passed: list[str] = []
    reader = EventReader(io.BytesIO(damaged()).read, on_bad=passed.append if passes_over else None)
    count = 0
    with pytest.raises(DamagedError, match=r"^the gzip data is damaged"):
        for count, _ in enumerate(reader, 1):  # noqa: B007 - what came before the fault
            pass
    assert 9_000 < count < 20_000
    assert passes_over or not passed


def test_truncated_gzip_is_not_a_bad_line() -> None:
    packed = gzip.compress(LINES.encode())
    with pytest.raises(DamagedError):
        list(EventReader(io.BytesIO(packed[:-9]).read, on_bad=print))


def test_a_gzip_bomb_is_unpacked_bit_by_bit() -> None:
    """64 MiB of blanks in 64 KiB."""
    packer = zlib.compressobj(9, wbits=31)
    content = (
        b"".join(packer.compress(b" " * 1024 * 1024) for _ in range(64)) + packer.compress(b"[1]") + packer.flush()
    )
    reader = EventReader(io.BytesIO(content).read)
    assert list(reader) == [1]
