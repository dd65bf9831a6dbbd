"""The mapping that the playground was started with: read, watched, and saved if nobody else has changed it."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from telemap.cli import UsageError
from telemap.cli.playground.file_signature import is_special, signature_of
from telemap.cli.playground.line_ends import plain, with_ends_of
from telemap.digest import sha256_of
from telemap.errors import TelemapError
from telemap.resources import SHIPPED, mapping_path
from telemap.whole_file import write_whole

_BYTE_ORDER_MARK: Final = "\ufeff"

MAX_BYTES: Final = 8 * 1024 * 1024
"""Longest mapping that is opened; the largest known one has some 100 KB."""

STARTER: Final = """\
version: 1
include: [telemap:platform]      # Lambda's own metrics: durations, failures, cold starts, memory
"""
"""What a file that does not exist yet begins with."""


class NotSaveableError(TelemapError):
    """The mapping cannot be saved; the message says what to do instead."""


class ConflictError(TelemapError):
    """The file is not the one that was opened.

    Attributes:
        text: what it contains now, with line feeds as line ends; None if it is gone.
        digest: its digest; None if it is gone.
    """

    def __init__(self, text: str | None, digest: str | None) -> None:
        self.text = text
        self.digest = digest
        super().__init__("the file has been changed since it was opened")


@dataclass(frozen=True, slots=True)
class _Content:
    """What a file contains.

    Attributes:
        text: the text as it is, with its line ends, without a byte order mark.
        mark: the byte order mark, or nothing.
    """

    text: str
    mark: str
    digest: str


class MappingFile:
    """A mapping named on the command line.

    Args:
        name: a path, or `telemap:NAME`.

    Raises:
        UsageError: it cannot be opened as a mapping.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._path = Path(os.path.abspath(mapping_path(name)))  # noqa: PTH100 - keeps symbolic links
        self._lock = threading.Lock()
        self._signature: tuple[int, ...] | None = None
        self._digest: str | None = None
        self._advice = self._why_not_saveable()
        try:
            self._only: _Content | None = self._read(self._path) if is_special(self._path) else None
            content = self._only or self._now()
        except OSError as error:
            raise UsageError(f"cannot read {name}: {error.strerror}") from error
        except TelemapError as error:
            raise UsageError(*error.lines) from error
        if content is None and not self._path.parent.is_dir():
            raise UsageError(f"no such file: {name}, and no such directory to create it in")
        self.exists = content is not None

    @property
    def folder(self) -> Path | None:
        """The directory whose files the mapping may include; None for a shipped mapping, which has none."""
        return None if self.name.startswith(SHIPPED) else self._path.parent

    def document(self) -> dict[str, Any]:
        """Return the file as it is now, for the page.

        Raises:
            OSError: it cannot be read.
            TelemapError: it is no text any more.
        """
        content = self._now()
        return {
            "name": self.name,
            "path": None if self._advice else str(self._path),
            "text": STARTER if content is None else plain(content.text),
            "digest": content and content.digest,
            "saveable": self._advice is None,
            "advice": self._advice,
            "exists": content is not None,
        }

    def digest(self) -> str | None:
        """Return the digest of the file as it is now; None if there is none that can be read."""
        if self._only is not None:
            return self._only.digest
        signature = signature_of(self._path)
        if signature is None:
            return None
        if signature != self._signature:
            if is_special(self._path):  # to open it could take for ever
                return None
            try:
                self._digest = sha256_of(self._bytes(self._path))
            except (OSError, TelemapError):
                return None
            self._signature = signature
        return self._digest

    def save(self, text: str, digest: str | None) -> str:
        """Write the file, and return its new digest.

        Args:
            text: with line feeds as line ends; the file keeps its own, and its byte order mark.
            digest: of the file that was opened; None to create it.

        Raises:
            NotSaveableError: it can only be read.
            ConflictError: the file is not the one that was opened.
            OSError: it cannot be written, and is unchanged.
        """
        if self._advice is not None:
            raise NotSaveableError(self._advice)
        with self._lock:
            content = self._now()
            if (content and content.digest) != digest:
                raise ConflictError(plain(content.text) if content else None, content.digest if content else None)
            written = with_ends_of(content.text, text) if content else text
            data = ((content.mark if content else "") + written).encode()
            write_whole(self._path, data)
            return sha256_of(data)

    def _why_not_saveable(self) -> str | None:
        if self.name.startswith(SHIPPED):
            return f"{self.name} is part of telemap: download the mapping, and keep it as a file of your own"
        if is_special(self._path):
            return f"{self.name} is no regular file: download the mapping, and keep it as a file of your own"
        return None

    def _now(self) -> _Content | None:
        """Return what the file contains now; None if it does not exist."""
        if self._only is not None:
            return self._only
        if is_special(self._path):  # to open it could take for ever
            raise TelemapError(f"{self.name} is no regular file any more")
        try:
            return self._read(self._path)
        except FileNotFoundError:
            return None

    def _read(self, path: Path) -> _Content:
        data = self._bytes(path)
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise TelemapError(f"{self.name} is not UTF-8 (line {line}): save it as UTF-8") from error
        mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
        return _Content(text.removeprefix(mark), mark, sha256_of(data))

    def _bytes(self, path: Path) -> bytes:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TelemapError(f"{self.name} is larger than {MAX_BYTES // 1024**2} MB: is it a mapping?")
        return data
