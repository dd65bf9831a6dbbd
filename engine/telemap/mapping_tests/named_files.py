"""The files that tests name: what each is for, and that none is for two things."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from telemap.mapping_tests.model import EventFile
from telemap.mapping_tests.reading import ENDINGS
from telemap.problem import Problem, Severity
from telemap.resources import mapping_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.mapping_tests.model import MappingTestFile
    from telemap.problem.place import Place

_YAML = (".yaml", ".yml")


def named_files(file: MappingTestFile, included: Iterable[str] = (), *, expositions: bool = False) -> dict[Path, str]:
    """Return the files that tests read, each with what it is.

    Args:
        file: the tests.
        included: the other files of the mapping under test.
        expositions: whether those are wanted, too.
    """
    named = [(path, "an exposition that tests expect") for path, _ in _expositions(file) if expositions]
    named += [(name, "part of the mapping under test") for name in included]
    named += [(recording, "a recording of the events") for recording in _recordings(file)]
    named += [(file.mapping, "the mapping under test"), (file.name, "a test file")]
    return {real_path(name): what for name, what in named}


def misnamed(file: MappingTestFile, included: Iterable[str]) -> tuple[Problem, ...]:
    """Find expositions that stand in files which are for something else: an update would write over those."""
    named = named_files(file, included)
    problems = []
    for path, place in _expositions(file):
        real = str(real_path(path))
        what = named.get(real_path(path))
        if what is None and (path.endswith(ENDINGS) or real.endswith(ENDINGS)):
            what = "a test file"
        elif what is None and real.endswith(_YAML) and not path.endswith(_YAML):
            what = "a link to a mapping"
        if what:
            message = f"this file is {what}, not an exposition"
            hint = "name another: --update writes the exposition there"
            problems.append(Problem("wrong-value", Severity.ERROR, message, place.file, place, help=hint))
    return tuple(problems)


def _expositions(file: MappingTestFile) -> Iterator[tuple[str, Place]]:
    for test in file.tests:
        text = test.expect.exposition
        if text is not None and text.path is not None:
            yield text.path, text.place


def _recordings(file: MappingTestFile) -> Iterator[str]:
    for test in file.tests:
        for batch in test.batches:
            if isinstance(batch.events, EventFile):
                yield batch.events.path


def real_path(name: str) -> Path:
    """Return where a file is, links followed."""
    try:
        return mapping_path(name).resolve()
    except (OSError, ValueError, RuntimeError):  # a NUL in the name; links in a circle
        return Path(name)
