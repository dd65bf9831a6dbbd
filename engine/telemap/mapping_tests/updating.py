"""Update test files with the actual results."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.document.loader import parse_document
from telemap.errors import MappingError, TelemapError
from telemap.mapping_tests.edits import edited
from telemap.mapping_tests.failures import NewFile
from telemap.mapping_tests.reading import read_tests
from telemap.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.mapping_tests.session import FileReport


@dataclass(frozen=True, slots=True)
class Update:
    """A change of a file.

    Attributes:
        before: its contents; None if it does not exist.
    """

    path: str
    before: bytes | None
    after: bytes

    def diff_lines(self) -> Iterator[str]:
        """Return the lines of a unified diff."""
        before, after = (_lines(content) for content in (self.before or b"", self.after))
        names = ("/dev/null" if self.before is None else self.path, self.path)
        return unified_diff(before, after, *names, lineterm="")

    def write(self) -> None:
        """Write the file, and create its directory if necessary.

        Raises:
            TelemapError: the file cannot be written.
        """
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, self.after)
        except OSError as error:
            raise TelemapError(f"cannot write {self.path}: {error.strerror}") from error


def lines_of(text: str) -> list[str]:
    """Split a text at line feeds only, since labels may contain other line separators."""
    return text.removesuffix("\n").split("\n") if text else []


def _lines(content: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in lines_of(content.decode(errors="replace"))]


def updates_of(report: FileReport) -> tuple[Update, ...]:
    """Return the changes that make the expectations of a test file hold.

    Missing and unexpected series need a decision by the author and are left alone.
    """
    changes = [failure.change for outcome in report.outcomes for failure in outcome.failures if failure.change]
    texts: dict[str, set[str]] = {}
    for change in changes:
        if isinstance(change, NewFile):
            texts.setdefault(change.path, set()).add(change.text)
    updates = [_file_update(path, *wanted) for path, wanted in texts.items() if len(wanted) == 1]
    path = Path(report.name)
    before = path.read_bytes()
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    inside = [change for change in changes if not isinstance(change, NewFile) and change.place.file == report.name]
    after = mark + edited(report.name, before.removeprefix(mark).decode(), inside).encode()
    if after != before and _is_valid(after, report.name):
        updates.insert(0, Update(report.name, before, after))
    return tuple(updates)


def _file_update(path: str, text: str) -> Update:
    file = Path(path)
    return Update(path, file.read_bytes() if file.is_file() else None, text.encode())


def _is_valid(content: bytes, name: str) -> bool:
    """Return whether a changed file is still a valid test file."""
    try:
        read_tests(parse_document(content, name))
    except MappingError:
        return False
    return True
