"""Write what tests got into their files."""

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
    """A file that changes.

    Attributes:
        before: its bytes; None when it is not there yet.
    """

    path: str
    before: bytes | None
    after: bytes

    def diff_lines(self) -> Iterator[str]:
        """Show what changes, as `diff -u` does."""
        before, after = (_lines(content) for content in (self.before or b"", self.after))
        names = ("/dev/null" if self.before is None else self.path, self.path)
        return unified_diff(before, after, *names, lineterm="")

    def write(self) -> None:
        """Write the file, and make the folder that it stands in.

        Raises:
            TelemapError: it cannot be written.
        """
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, self.after)
        except OSError as error:
            raise TelemapError(f"cannot write {self.path}: {error.strerror}") from error


def lines_of(text: str) -> list[str]:
    """Return the lines of a text; only a line feed ends one, since labels may hold other separators."""
    return text.removesuffix("\n").split("\n") if text else []


def _lines(content: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in lines_of(content.decode(errors="replace"))]


def updates_of(report: FileReport) -> tuple[Update, ...]:
    """Return the files that change so that the expectations of a test file hold, as far as that can be.

    What only the author can tell stays: a series that is not there, or that must not be there.
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
    if after != before and _can_be_read(after, report.name):
        updates.insert(0, Update(report.name, before, after))
    return tuple(updates)


def _file_update(path: str, text: str) -> Update:
    file = Path(path)
    return Update(path, file.read_bytes() if file.is_file() else None, text.encode())


def _can_be_read(content: bytes, name: str) -> bool:
    """Return whether a changed file is still one of tests."""
    try:
        read_tests(parse_document(content, name))
    except MappingError:
        return False
    return True
