"""Check and write the file of `telemap test --junit`."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import UsageError
from telemap.cli.files import STDIN
from telemap.endless import ends
from telemap.mapping_tests.reading import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.mapping_tests.model import MappingTestFile
    from telemap.mapping_tests.session import FileReport

_BEGINNING = 64
"""Bytes that are checked for the beginning of XML."""

_OTHERS = {".yaml": "has the name of a mapping", ".yml": "has the name of a mapping", ".json": "has the name of JSON"}
"""Endings of names of other files."""


def require_place(name: str, files: Iterable[str], tests: Iterable[MappingTestFile]) -> None:
    """Check that the file may be written: if its name is forgotten, `--junit` takes the next argument for it.

    Args:
        name: the file to write.
        files: the test files, including those that cannot be read.
        tests: the test files that can be read.

    Raises:
        UsageError: it is a test file, is used by one, or holds something other than XML.
    """
    from telemap.mapping_tests.named_files import named_files, real_path  # noqa: PLC0415 - only with --junit

    if name == STDIN:
        raise UsageError("--junit cannot write to standard output: name a file, such as results.xml")
    used = {real_path(file): "a test file" for file in files}
    for file in tests:
        used |= named_files(file, expositions=True)
    ending = real_path(name).suffix
    if name.endswith(ENDINGS) or used.get(real_path(name)) == "a test file":
        reason, argument = "is a test file", f" {name}"
    elif use := used.get(real_path(name)):
        reason, argument = f"is {use}", ""
    elif ending in _OTHERS:
        reason, argument = _OTHERS[ending], f" {name}" if ending != ".json" else ""
    elif _is_not_xml(name):
        reason, argument = "exists and is not XML", ""
    else:
        return
    raise UsageError(f"--junit cannot write to {name}: it {reason}; use 'telemap test --junit results.xml{argument}'")


def _is_not_xml(name: str) -> bool:
    """Return whether a file exists and does not begin like XML."""
    try:
        if not ends(Path(name)):
            return False
        with Path(name).open("rb") as file:
            beginning = file.read(_BEGINNING).removeprefix(codecs.BOM_UTF8).lstrip()
    except (OSError, ValueError):  # writing fails, too, and is reported then; ValueError: a NUL in the name
        return False
    return bool(beginning) and not beginning.startswith(b"<")


def write_junit(name: str, reports: Iterable[FileReport]) -> None:
    """Write the results.

    Raises:
        UsageError: the file cannot be written.
    """
    from telemap.cli.test.junit import as_junit  # noqa: PLC0415 - only with --junit
    from telemap.whole_file import write_whole  # noqa: PLC0415 - as above

    try:
        write_whole(name, as_junit(reports))
    except OSError as error:
        raise UsageError(f"--junit cannot write {name}: {error.strerror}") from error
