"""The file that `telemap test --junit` writes."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import UsageError
from telemap.cli.files import STDIN
from telemap.mapping_tests.reading import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.mapping_tests.model import MappingTestFile
    from telemap.mapping_tests.session import FileReport

_BEGINNING = 64

_OTHERS = {".yaml": "holds a mapping", ".yml": "holds a mapping", ".json": "holds JSON"}
"""Files that an XML file is not, by the ends of their names."""


def require_place(name: str, files: Iterable[str], tests: Iterable[MappingTestFile]) -> None:
    """Refuse to write over what tests are made of: a name that was forgotten makes the next word the file's.

    Args:
        name: of the file to write.
        files: the test files, those that cannot be read among them.
        tests: those that can.

    Raises:
        UsageError: it is one of them, or a file that they name; or it looks like one.
    """
    from telemap.mapping_tests.named_files import named_files, real_path  # noqa: PLC0415 - only when asked for

    if name == STDIN:
        raise UsageError("--junit writes a file, not standard output: write 'telemap test --junit results.xml'")
    used = {real_path(file): "a test file" for file in files}
    for file in tests:
        used |= named_files(file, expositions=True)
    ending = real_path(name).suffix
    if name.endswith(ENDINGS) or used.get(real_path(name)) == "a test file":
        told, again = "holds tests", f" {name}"
    elif what := used.get(real_path(name)):
        told, again = f"is {what}", ""
    elif ending in _OTHERS:
        told, again = _OTHERS[ending], f" {name}" if ending != ".json" else ""
    elif _holds_something_else(name):
        told, again = "is there already and holds something else", ""
    else:
        return
    way_out = f"write 'telemap test --junit results.xml{again}'"
    raise UsageError(f"--junit names the file to write, and {name} {told}: {way_out}")


def _holds_something_else(name: str) -> bool:
    """Return whether a file has a beginning that no XML file has."""
    try:
        if not Path(name).is_file():
            return False
        with Path(name).open("rb") as file:
            beginning = file.read(_BEGINNING).removeprefix(codecs.BOM_UTF8).lstrip()
    except (OSError, ValueError):  # it cannot be read, and not be written either; a NUL in the name
        return False
    return bool(beginning) and not beginning.startswith(b"<")


def write_junit(name: str, reports: Iterable[FileReport]) -> None:
    """Write the results.

    Raises:
        UsageError: the file cannot be written.
    """
    from telemap.cli.test.junit import as_junit  # noqa: PLC0415 - only when asked for
    from telemap.whole_file import write_whole  # noqa: PLC0415 - as above

    try:
        write_whole(name, as_junit(reports))
    except OSError as error:
        raise UsageError(f"cannot write {name or 'a file without a name'}: {error.strerror}") from error
