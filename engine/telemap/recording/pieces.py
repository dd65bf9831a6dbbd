"""The text of a recording, piece by piece: unpacked if it is compressed with gzip, and decoded."""

from __future__ import annotations

import codecs
import contextlib
import zlib
from typing import TYPE_CHECKING, Final

from telemap.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class DamagedError(DecodeError):
    """A recording cannot be read to its end: what follows is lost, whatever its lines are."""


class ForeignError(DamagedError):
    """A file is no recording, but of a kind that people take for one.

    Attributes:
        cause: what it is, and what makes a recording of it.
        is_packed: whether that is a command, whose output is the recording.
    """

    def __init__(self, cause: str, *, is_packed: bool) -> None:
        self.cause = cause
        self.is_packed = is_packed
        super().__init__(f"{cause}, and read '-'" if is_packed else cause)


PIECE: Final = 65_536
"""Most bytes that are read, or unpacked, at once."""

_GZIP: Final = b"\x1f\x8b"
_GZIP_FRAME: Final = 16 + zlib.MAX_WBITS
"""What tells zlib to read gzip's frame, and to check its checksum."""

_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff", b"[\0", b"{\0", b"\0[", b"\0{")
"""How text in UTF-16 or UTF-32 begins."""

_PACKED: Final = {
    b"\x28\xb5\x2f\xfd": "compressed with zstd, and only gzip is read: unpack it with 'zstd -dc'",
    b"\xfd7zXZ\0": "compressed with xz, and only gzip is read: unpack it with 'xz -dc'",
    b"BZh": "compressed with bzip2, and only gzip is read: unpack it with 'bzip2 -dc'",
    b"PK\x03\x04": "a zip archive, and only gzip is read: unpack it with 'unzip -p'",
    _GZIP: "compressed twice: unpack it once with 'gzip -dc'",
}
"""How files begin that are packed, and what to do with them."""

_LONGEST_BEGINNING: Final = max(map(len, (*_UTF_16, *_PACKED)))


class TextPieces:
    """The text of a recording, in pieces of any size; bytes that are no UTF-8 become U+FFFD.

    Args:
        read: gives so many bytes or less, none at the end.

    Attributes:
        is_packed: whether it is compressed; known from the first piece on.
        has_invalid_utf8: whether some of the bytes that were read by now are no UTF-8.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.is_packed = False
        self.has_invalid_utf8 = False
        self._read = read

    def __iter__(self) -> Iterator[str]:
        """Return the pieces.

        Raises:
            DamagedError: it is no text, or its compression is at fault; what could be read has been given by then.
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
        raise DamagedError(f"cannot be read further: {error.strerror or error}") from error


def _with_long_beginning(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join the first pieces until they tell what they are: a pipe may give a byte at a time."""
    beginning = b""
    try:
        while len(beginning) < _LONGEST_BEGINNING and (piece := next(pieces, b"")):
            beginning += piece
    except DamagedError:  # what came before is told first
        yield beginning
        raise
    yield beginning
    yield from pieces


def _unpacked(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip: one member after another, as `cat` joins files."""
    member = zlib.decompressobj(_GZIP_FRAME)
    packed, begun = first, True
    while True:
        before = member.copy()
        try:
            piece = member.decompress(packed, PIECE)
        except zlib.error as error:
            if piece := _until_fault(before, packed):
                yield piece
            raise DamagedError(f"the gzip data is damaged, and cannot be read further: {error}") from error
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
        raise DamagedError("the gzip data ends too early: the file was cut off")


def _until_fault(member: zlib._Decompress, packed: bytes) -> bytes:
    """Unpack a byte at a time: zlib keeps to itself what it unpacked in the call that found a fault."""
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
