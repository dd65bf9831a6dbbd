"""The recording that the playground was started with: its first events if it is large, and watched."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from telemap.cli import UsageError
from telemap.cli.files import STDIN, RecordingFile, open_recording
from telemap.cli.playground.file_signature import is_special, signature_of
from telemap.cli.playground.first_events import FirstEvents, first_events
from telemap.digest import sha256_of
from telemap.errors import DecodeError
from telemap.recording.pieces import TextPieces

MAX_BYTES: Final = 5 * 1024 * 1024
"""Bytes of a recording, unpacked, that the page gets: as many as it can show while one types."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What the page gets of a recording."""

    text: str
    digest: str | None
    truncated: dict[str, int | None] | None
    note: str | None


class EventsFile:
    """A recording named on the command line.

    Args:
        name: a path, or `-` for standard input.

    Raises:
        UsageError: it cannot be read.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._path = Path(name).absolute()
        self._is_read_once = name == STDIN or is_special(self._path)
        self._lock = threading.Lock()
        self._signature = None if self._is_read_once else signature_of(self._path)
        try:
            self._beginning = self._read()
        except DecodeError as error:
            raise UsageError(f"{name}: {error}") from error

    def document(self) -> dict[str, Any]:
        """Return the recording as it is now, for the page; without text if it cannot be read, and why."""
        try:
            beginning = self._now()
        except UsageError as error:
            beginning = _Beginning("", None, None, str(error))
        except DecodeError as error:
            beginning = _Beginning("", None, None, f"{self.name}: {error}")
        return {
            "name": "standard input" if self.name == STDIN else self.name,
            "text": beginning.text,
            "digest": beginning.digest,
            "truncated": beginning.truncated,
            "note": beginning.note,
        }

    def digest(self) -> str | None:
        """Return the digest of the recording as it is now; None if there is none that can be read."""
        try:
            return self._now().digest
        except (UsageError, DecodeError):
            return None

    def _now(self) -> _Beginning:
        """Return what the recording is now, read again if the file has changed."""
        with self._lock:
            if self._is_read_once:
                return self._beginning
            signature = signature_of(self._path)
            if signature != self._signature:
                self._beginning = self._read()
                self._signature = signature
            return self._beginning

    def _read(self) -> _Beginning:
        if not self._is_read_once and is_special(self._path):  # to open it could take for ever
            raise UsageError(f"{self.name} is no regular file any more")
        with open_recording(self.name) as recording:
            return _read_beginning(recording)


def _read_beginning(recording: RecordingFile) -> _Beginning:
    """Read as much as the page gets.

    Raises:
        DecodeError: it is no text, or damaged from its beginning on.
    """
    source = TextPieces(recording.read)
    parts: list[str] = []
    size, note = 0, None
    try:
        for piece in source:
            parts.append(piece)
            size += len(piece.encode(errors="surrogatepass"))
            if size > MAX_BYTES:
                break
    except DecodeError as error:
        if not size:
            raise
        note = f"{error}; the events before that are shown"
    if source.has_invalid_utf8:
        note = "contains bytes that are not UTF-8; they were read as U+FFFD"
    text = "".join(parts)
    whole = None if source.is_packed else recording.size
    if size <= MAX_BYTES:
        return _Beginning(text, _digest(text, whole), None, note)
    from telemap.cloudwatch import convert  # noqa: PLC0415 - only for large files

    first = first_events(text)
    truncation = _truncation(first, text, whole)
    conversion = None if first.events else convert(first.text)
    if conversion is None:
        return _Beginning(first.text, _digest(first.text, whole), truncation, note)
    truncation["events"] = conversion.events
    return _Beginning(conversion.text, _digest(first.text, whole), truncation, note or conversion.note)


def _truncation(first: FirstEvents, text: str, whole: int | None) -> dict[str, int | None]:
    return {"events": first.events, "bytes": len(text[: first.end].encode(errors="surrogatepass")), "of": whole}


def _digest(text: str, size: int | None) -> str:
    return sha256_of(f"{size} {text}".encode(errors="surrogatepass"))
