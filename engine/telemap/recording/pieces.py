"""Read the text of a recording in pieces, decompressed if it is gzip."""

from __future__ import annotations

import codecs
import contextlib
import zlib
from typing import TYPE_CHECKING, Final

from telemap.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class DamagedError(DecodeError):
    """A recording cannot be read to its end; skipping bad lines does not help."""


class ForeignError(DamagedError):
    """A file in another format.

    Attributes:
        cause: what it is, and how to convert it to a recording.
        is_packed: whether it is converted by a command that writes to standard output.
    """

    def __init__(self, cause: str, *, is_packed: bool) -> None:
        self.cause = cause
        self.is_packed = is_packed
        super().__init__(f"{cause}, and read '-'" if is_packed else cause)


PIECE: Final = 65_536
"""Most bytes that are read or decompressed at once."""

_GZIP: Final = b"\x1f\x8b"
_GZIP_FRAME: Final = 16 + zlib.MAX_WBITS
"""zlib's `wbits` for a gzip header and trailer."""

_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff", b"[\0", b"{\0", b"\0[", b"\0{")
"""The beginnings of text in UTF-16 or UTF-32."""

_PACKED: Final = {
    b"\x28\xb5\x2f\xfd": "compressed with zstd, but only gzip is supported: unpack it with 'zstd -dc'",
    b"\xfd7zXZ\0": "compressed with xz, but only gzip is supported: unpack it with 'xz -dc'",
    b"BZh": "compressed with bzip2, but only gzip is supported: unpack it with 'bzip2 -dc'",
    b"PK\x03\x04": "a zip archive, but only gzip is supported: unpack it with 'unzip -p'",
    _GZIP: "compressed twice: unpack it once with 'gzip -dc'",
}
"""The beginnings of packed files, with advice."""

_LONGEST_BEGINNING: Final = max(map(len, (*_UTF_16, *_PACKED)))


class TextPieces:
    """The text of a recording, in pieces of any size; bytes that are not UTF-8 become U+FFFD.

    Args:
        read: returns at most so many bytes, none at the end.

    Attributes:
        is_packed: whether it is compressed; set with the first piece.
        has_invalid_utf8: whether any byte so far was not UTF-8.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.is_packed = False
        self.has_invalid_utf8 = False
        self._read = read

    def __iter__(self) -> Iterator[str]:
        """Yield the pieces.

        Raises:
            DamagedError: it is not text, or its compressed data is damaged; raised after what could be read.
        """
        pieces = _with_long_beginning(_bytes_from(self._read))
        first = next(pieces, b"")
        self.is_packed = first.startswith(_GZIP)
        if self.is_packed:
            pieces = _with_long_beginning(_unpacked(first, pieces))
            first = next(pieces, b"")
        _refuse_foreign(first)
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        yield self._decoded(decoder, first)
        for piece in pieces:
            yield self._decoded(decoder, piece)
        yield self._decoded(decoder, b"", final=True)

    def _decoded(self, decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> str:
        try:
            return decoder.decode(piece, final)
        except UnicodeDecodeError:
            self.has_invalid_utf8 = True
            decoder.errors = "replace"
            return decoder.decode(piece, final)


def _bytes_from(read: Callable[[int], bytes]) -> Iterator[bytes]:
    try:
        while piece := read(PIECE):
            yield piece
    except OSError as error:
        raise DamagedError(f"read error: {error.strerror or error}") from error


def _with_long_beginning(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join the first pieces until they are long enough to identify the format; a pipe may return single bytes."""
    beginning = b""
    try:
        while len(beginning) < _LONGEST_BEGINNING and (piece := next(pieces, b"")):
            beginning += piece
    except DamagedError:  # first yield what precedes it
        yield beginning
        raise
    yield beginning
    yield from pieces


def _unpacked(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress gzip, which may have several members, as when files are joined with `cat`."""
    member = zlib.decompressobj(_GZIP_FRAME)
    packed, begun = first, True
    while True:
        before = member.copy()
        try:
            piece = member.decompress(packed, PIECE)
        except zlib.error as error:
            if piece := _until_error(before, packed):
                yield piece
            raise DamagedError(f"the gzip data is damaged: {error}") from error
        if piece:
            yield piece
        packed = member.unconsumed_tail
        if member.eof:
            packed = member.unused_data.lstrip(b"\0")  # padding of tapes and disks
            member, begun = zlib.decompressobj(_GZIP_FRAME), bool(packed)
        if packed or len(piece) == PIECE:
            continue
        packed = next(others, b"") if begun else next((rest for one in others if (rest := one.lstrip(b"\0"))), b"")
        if not packed:
            break
        begun = True
    if begun:
        raise DamagedError("the gzip data is truncated")


def _until_error(member: zlib._Decompress, packed: bytes) -> bytes:
    """Decompress byte by byte, because zlib discards the output of the call that fails."""
    parts: list[bytes] = []
    with contextlib.suppress(zlib.error):
        parts.extend(member.decompress(packed[at : at + 1]) for at in range(len(packed)))
    return b"".join(parts)


def _refuse_foreign(beginning: bytes) -> None:
    if beginning.startswith(_UTF_16):
        raise ForeignError("this is UTF-16 or UTF-32 text: save it as UTF-8", is_packed=False)
    for mark, what in _PACKED.items():
        if beginning.startswith(mark):
            raise ForeignError(f"this is {what}", is_packed=True)
