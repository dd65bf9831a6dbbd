"""Variable-length integers (varints) in as few bytes as needed, as used by protobuf and snappy."""

from __future__ import annotations


def varint(number: int) -> bytes:
    """Encode a non-negative number, seven bits per byte, lowest first."""
    if number < 0x80:
        return bytes((number,))
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
