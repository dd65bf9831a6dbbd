"""Read which shared libraries a program or library needs, from its ELF headers (64 bits, little-endian).

Format: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_NULL, _DT_NEEDED, _DT_STRTAB = 0, 1, 5
_SEGMENT = struct.Struct("<IIQQQQQQ")
_ENTRY = struct.Struct("<qQ")


def needed_libraries(content: bytes) -> list[str]:
    """Return the names of the libraries that an ELF file needs.

    Raises:
        ValueError: it is not an ELF file with 64 bits, little-endian.
    """
    if content[:6] != b"\x7fELF\x02\x01":
        raise ValueError("not an ELF file with 64 bits, little-endian")
    (offset,) = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    segments = [_SEGMENT.unpack_from(content, offset + size * number) for number in range(count)]
    entries = [entry for segment in segments if segment[0] == _PT_DYNAMIC for entry in _dynamic(content, segment[2])]
    names = next((value for tag, value in entries if tag == _DT_STRTAB), 0)
    for kind, _, start, address, _, length, *_ in segments:
        if kind == _PT_LOAD and address <= names < address + length:
            names = start + names - address
            break
    return [_text(content, names + value) for tag, value in entries if tag == _DT_NEEDED]


def _dynamic(content: bytes, offset: int) -> Iterator[tuple[int, int]]:
    while True:
        tag, value = _ENTRY.unpack_from(content, offset)
        if tag == _DT_NULL:
            return
        yield tag, value
        offset += _ENTRY.size


def _text(content: bytes, offset: int) -> str:
    return content[offset : content.index(b"\0", offset)].decode()
