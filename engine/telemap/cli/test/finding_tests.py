"""Find the test files for the names on the command line: test files, mappings, directories, patterns."""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from telemap.cli import UsageError
from telemap.cli.files import STDIN, yaml_files
from telemap.mapping_tests.reading import ENDINGS, mapping_of_test
from telemap.resources import SHIPPED, mapping_path, shipped_mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAPPING_ENDINGS: Final = (".yaml", ".yml")

_METRICS: Final = re.compile(rb"^(?:\xef\xbb\xbf)?[\"']?(?:metrics|include)[\"']? *:", re.MULTILINE)
"""A key of a mapping that few other YAML files have."""

_MAX_BYTES: Final = 1_048_576
"""The maximum size of a mapping."""


@dataclass(frozen=True, slots=True)
class Found:
    """The files that were found.

    Attributes:
        files: test files, each once.
        others: other YAML files in the directories, which may be mappings without tests.
        without_tests: a message for each directory without tests.
    """

    files: tuple[str, ...]
    others: tuple[str, ...]
    without_tests: tuple[str, ...]


def find(names: Iterable[str]) -> Found:
    """Find the test files for some names.

    Args:
        names: test files, mappings (including `telemap:NAME`), directories, patterns.

    Raises:
        UsageError: a name matches no file, or a mapping without tests.
    """
    files: dict[str, None] = {}
    others: dict[str, None] = {}
    without_tests: list[str] = []
    for name in names:
        if os.path.isdir(name):  # noqa: PTH112 - Path raises for a name that is too long
            here = list(yaml_files(name))
            tests = [file for file in here if file.endswith(ENDINGS)]
            tested = {mapping_of_test(file) for file in tests}
            untested = [file for file in here if file not in tested and not file.endswith(ENDINGS)]
            if not tests:
                without_tests.append(f"no tests in {name}: {_advice(untested)}")
            files |= dict.fromkeys(tests)
            others |= dict.fromkeys(untested)
        else:
            files |= dict.fromkeys(_test_files(name))
    return Found(tuple(files), tuple(others), tuple(without_tests))


def _advice(untested: Iterable[str]) -> str:
    """Return where to write tests, for an existing mapping if there is one."""
    mapping = next(filter(_is_mapping, untested), None)
    if mapping is None:
        return "the tests of NAME.yaml belong in NAME.test.yaml next to it"
    return f"write tests of {mapping} in {_stem(mapping)}{ENDINGS[0]}"


def _is_mapping(name: str) -> bool:
    try:
        with Path(name).open("rb") as file:
            return _METRICS.search(file.read(_MAX_BYTES)) is not None
    except OSError:
        return False


def _stem(mapping: str) -> str:
    return mapping.removesuffix(Path(mapping).suffix)


def _test_files(name: str) -> Iterator[str]:
    """Yield the test files for a name or a pattern."""
    if name == STDIN:
        raise UsageError("tests cannot be read from standard input: name a test file, a mapping or a directory")
    if name.startswith(SHIPPED) and name not in shipped_mappings():
        raise UsageError(f"no shipped mapping {name!r}: telemap ships {', '.join(shipped_mappings())}")
    path = mapping_path(name)
    if os.path.exists(path):  # noqa: PTH110 - as above
        yield _test_file(name, path)
        return
    matches = [file for file in sorted(glob.glob(name, recursive=True)) if file.endswith(_MAPPING_ENDINGS)]
    if not matches:
        raise UsageError(f"no such file: {name}")
    # A pattern that matches tests and mappings means the tests.
    yield from [file for file in matches if file.endswith(ENDINGS)] or [
        _test_file(file, Path(file)) for file in matches
    ]


def _test_file(name: str, path: Path) -> str:
    """Return the test file of a mapping, or the file itself if it is one."""
    if str(path).endswith(ENDINGS):
        return str(path)
    stem = _stem(str(path)) if path.suffix in _MAPPING_ENDINGS else str(path)
    for ending in ENDINGS:
        if Path(stem + ending).is_file():
            return stem + ending
    if path.suffix not in {*_MAPPING_ENDINGS, ""}:
        raise UsageError(f"{name} is neither a test file (NAME{ENDINGS[0]}) nor a mapping (NAME.yaml)")
    raise UsageError(f"{name} has no tests: write them in {stem}{ENDINGS[0]}")
