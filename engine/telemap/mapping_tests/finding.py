"""Find test files: by their own name, by their mapping's, in folders."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from telemap.errors import TelemapError
from telemap.mapping_tests.reading import ENDINGS, beside
from telemap.resources import SHIPPED, mapping_path, shipped_mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAPPING_ENDINGS = (".yaml", ".yml")

_PASSED_OVER: Final = frozenset({"node_modules", "__pycache__"})
"""Folders that hold other people's files, as those do whose names begin with a dot."""

_WAY_OUT = "the tests of NAME.yaml are in NAME.test.yaml beside it"


class NoTestsError(TelemapError):
    """What was named has no tests; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        files: test files, each once.
        others: files in the folders that may be mappings without tests.
    """

    files: tuple[str, ...]
    others: tuple[str, ...]


def find(names: Iterable[str]) -> Found:
    """Find the test files that names stand for.

    Args:
        names: test files, mappings (`telemap:NAME` among them), folders.

    Raises:
        NoTestsError: one stands for none.
    """
    files: dict[str, None] = {}
    others: dict[str, None] = {}
    for name in names:
        if os.path.isdir(name):  # noqa: PTH112 - Path raises for a name that is too long
            here = list(_yaml_files(name))
            tests = [file for file in here if file.endswith(ENDINGS)]
            if not tests:
                raise NoTestsError(f"no tests in {name}: {_WAY_OUT}")
            files |= dict.fromkeys(tests)
            tested = {beside(file) for file in tests}
            others |= dict.fromkeys(file for file in here if file not in tested and not file.endswith(ENDINGS))
        else:
            files[_test_file(name)] = None
    return Found(tuple(files), tuple(others))


def _test_file(name: str) -> str:
    """Give the test file that a name stands for."""
    if not name:
        raise NoTestsError("no such file: the name is empty")
    if name == "-":
        raise NoTestsError("tests do not come from standard input: name a test file, a mapping or a directory")
    if name.startswith(SHIPPED) and name not in shipped_mappings():
        raise NoTestsError(f"there is no shipped mapping {name!r}: telemap ships {', '.join(shipped_mappings())}")
    path = mapping_path(name)
    if not os.path.exists(path):  # noqa: PTH110 - as above
        raise NoTestsError(f"no such file: {name}")
    if str(path).endswith(ENDINGS):
        return str(path)
    stem = str(path.with_suffix("")) if path.suffix in _MAPPING_ENDINGS else str(path)
    for ending in ENDINGS:
        if Path(stem + ending).is_file():
            return stem + ending
    raise NoTestsError(f"{name} has no tests: write {stem}{ENDINGS[0]} beside it")


def _yaml_files(folder: str) -> Iterator[str]:
    """Give the YAML files below a folder, in the order of their names; hidden folders aside."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
        for name in sorted(files):
            if name.endswith(_MAPPING_ENDINGS):
                yield os.path.normpath(os.path.join(where, name))  # noqa: PTH118 - Path keeps `..`
