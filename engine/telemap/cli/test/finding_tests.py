"""Find the test files that names on the command line stand for: their own, their mappings', folders, patterns."""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from telemap.cli import UsageError
from telemap.cli.files import STDIN, yaml_files
from telemap.mapping_tests.reading import ENDINGS, beside
from telemap.resources import SHIPPED, mapping_path, shipped_mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAPPING_ENDINGS: Final = (".yaml", ".yml")

_METRICS: Final = re.compile(rb"^(?:\xef\xbb\xbf)?[\"']?(?:metrics|include)[\"']? *:", re.MULTILINE)
"""What a mapping has, and few other YAML files."""

_BEGINNING: Final = 1_048_576
"""Bytes by which a file is taken for a mapping: as many as one may have."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        files: test files, each once.
        others: files in the folders that may be mappings without tests.
        lacking: what to say of the folders that have no tests.
    """

    files: tuple[str, ...]
    others: tuple[str, ...]
    lacking: tuple[str, ...]


def find(names: Iterable[str]) -> Found:
    """Find the test files that names stand for.

    Args:
        names: test files, mappings (`telemap:NAME` among them), folders, patterns.

    Raises:
        UsageError: one stands for no file, or for one that has no tests.
    """
    files: dict[str, None] = {}
    others: dict[str, None] = {}
    lacking: list[str] = []
    for name in names:
        if os.path.isdir(name):  # noqa: PTH112 - Path raises for a name that is too long
            here = list(yaml_files(name))
            tests = [file for file in here if file.endswith(ENDINGS)]
            tested = {beside(file) for file in tests}
            untested = [file for file in here if file not in tested and not file.endswith(ENDINGS)]
            if not tests:
                lacking.append(f"no tests in {name}: {_way_out(untested)}")
            files |= dict.fromkeys(tests)
            others |= dict.fromkeys(untested)
        else:
            files |= dict.fromkeys(_test_files(name))
    return Found(tuple(files), tuple(others), tuple(lacking))


def _way_out(untested: Iterable[str]) -> str:
    """Report where tests would stand, by a mapping that is there."""
    mapping = next(filter(_is_mapping, untested), None)
    if mapping is None:
        return "the tests of NAME.yaml are in NAME.test.yaml beside it"
    return f"write {_stem(mapping)}{ENDINGS[0]} beside {mapping} (see 'Tests of mappings' in the documentation)"


def _is_mapping(name: str) -> bool:
    try:
        with Path(name).open("rb") as file:
            return _METRICS.search(file.read(_BEGINNING)) is not None
    except OSError:
        return False


def _stem(mapping: str) -> str:
    return mapping.removesuffix(Path(mapping).suffix)


def _test_files(name: str) -> Iterator[str]:
    """Return the test files that a name, or a pattern, stands for."""
    if not name:
        raise UsageError("no such file: the name is empty")
    if name == STDIN:
        raise UsageError("tests do not come from standard input: name a test file, a mapping or a directory")
    if name.startswith(SHIPPED) and name not in shipped_mappings():
        raise UsageError(f"no shipped mapping {name!r}: telemap ships {', '.join(shipped_mappings())}")
    path = mapping_path(name)
    if os.path.exists(path):  # noqa: PTH110 - as above
        yield _test_file(name, path)
        return
    # A pattern that fits tests and mappings alike means the tests.
    fitting = [file for file in sorted(glob.glob(name, recursive=True)) if file.endswith(_MAPPING_ENDINGS)]
    if not fitting:
        raise UsageError(f"no such file: {name}")
    yield from [file for file in fitting if file.endswith(ENDINGS)] or [
        _test_file(file, Path(file)) for file in fitting
    ]


def _test_file(name: str, path: Path) -> str:
    """Return the test file of a mapping, or the file itself."""
    if str(path).endswith(ENDINGS):
        return str(path)
    stem = _stem(str(path)) if path.suffix in _MAPPING_ENDINGS else str(path)
    for ending in ENDINGS:
        if Path(stem + ending).is_file():
            return stem + ending
    if path.suffix not in {*_MAPPING_ENDINGS, ""}:
        raise UsageError(f"{name} is no test file (NAME{ENDINGS[0]}) and no mapping (NAME.yaml)")
    raise UsageError(f"{name} has no tests: write {stem}{ENDINGS[0]} beside it")
