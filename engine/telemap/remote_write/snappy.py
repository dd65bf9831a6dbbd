"""The snappy block format without compression: a single literal.

https://github.com/google/snappy/blob/main/format_description.txt
"""

from __future__ import annotations

from telemap.remote_write.varint import varint

_IN_TAG = 60
"""Maximum size in bytes of a literal whose length fits in the tag."""


def block(data: bytes) -> bytes:
    """Return data as a snappy block that any decoder can read."""
    if not data:
        return varint(0)
    last = len(data) - 1
    if last < _IN_TAG:
        return varint(len(data)) + bytes([last << 2]) + data
    size = (last.bit_length() + 7) // 8
    return varint(len(data)) + bytes([(_IN_TAG - 1 + size) << 2]) + last.to_bytes(size, "little") + data
