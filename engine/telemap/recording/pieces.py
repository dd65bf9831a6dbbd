"""The text of a recording, piece by piece: unpacked if it is compressed with gzip, and decoded."""

from __future__ import annotations

import codecs
import zlib
from typing import TYPE_CHECKING, Final

from telemap.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PIECE: Final = 65_536
"""Most bytes that are read, or unpacked, at once."""

_GZIP: Final = b"\x1f\x8b"
_GZIP_FRAME: Final = 16 + zlib.MAX_WBITS
"""What tells zlib to read gzip's frame, and to check its checksum."""

_FOREIGN: Final = (
    ((b"\xff\xfe", b"\xfe\xff", b"[\0", b"{\0", b"\0[", b"\0{"), "UTF-16 or UTF-32 text: save it as UTF-8"),
    ((b"\x28\xb5\x2f\xfd",), "compressed with zstd, and only gzip is read: unpack it with 'zstd -dc', and read '-'"),
    ((b"\xfd7zXZ\0",), "compressed with xz, and only gzip is read: unpack it with 'xz -dc', and read '-'"),
    ((b"BZh",), "compressed with bzip2, and only gzip is read: unpack it with 'bzip2 -dc', and read '-'"),
    ((b"PK\x03\x04",), "a zip archive, and only gzip is read: unpack it with 'unzip -p', and read '-'"),
    ((_GZIP,), "compressed twice: unpack it once with 'gzip -dc', and read '-'"),
)
"""How files begin that people take for recordings, and what to do with them."""

_LONGEST_BEGINNING: Final = max(len(beginning) for beginnings, _ in _FOREIGN for beginning in beginnings)


def text_pieces(read: Callable[[int], bytes]) -> Iterator[str]:
    """Give the text of a recording, in pieces of any size.

    Bytes that are no UTF-8 become U+FFFD.

    Args:
        read: gives so many bytes or less, none at the end.

    Raises:
        DecodeError: it is no text, or its compression is at fault; what could be read has been given by then.
    """
    pieces = _with_long_beginning(_bytes_from(read))
    first = next(pieces, b"")
    if first.startswith(_GZIP):
        pieces = _with_long_beginning(_unpacked(first, pieces))
        first = next(pieces, b"")
    _refuse_foreign(first)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    yield decoder.decode(first)
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _bytes_from(read: Callable[[int], bytes]) -> Iterator[bytes]:
    try:
        while piece := read(PIECE):
            yield piece
    except OSError as error:
        raise DecodeError(f"cannot be read further: {error.strerror or error}") from error


def _with_long_beginning(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join the first pieces until they tell what they are: a pipe may give a byte at a time."""
    beginning = b""
    try:
        while len(beginning) < _LONGEST_BEGINNING and (piece := next(pieces, b"")):
            beginning += piece
    except DecodeError:  # what came before is told first
        yield beginning
        raise
    yield beginning
    yield from pieces


def _unpacked(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip: one member after another, as `cat` joins files."""
    member = zlib.decompressobj(_GZIP_FRAME)
    packed, begun = first, True
    while True:
        try:
            piece = member.decompress(packed, PIECE)
        except zlib.error as error:
            raise DecodeError(f"the gzip data is damaged, and cannot be read further: {error}") from error
        if piece:
            yield piece
        packed = member.unconsumed_tail
        if member.eof:
            packed = member.unused_data.lstrip(b"\0")  # tapes and disks fill up with zeros
            member, begun = zlib.decompressobj(_GZIP_FRAME), bool(packed)
        if packed or len(piece) == PIECE:
            continue
        packed = next(others, b"") if begun else next((rest for one in others if (rest := one.lstrip(b"\0"))), b"")
        if not packed:
            break
        begun = True
    if begun:
        raise DecodeError("the gzip data ends too early: the file was cut off")


def _refuse_foreign(beginning: bytes) -> None:
    for beginnings, what in _FOREIGN:
        if beginning.startswith(beginnings):
            raise DecodeError(f"this is {what}")
