"""The files that tests name, and problems with files that are used for two purposes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from telemap.document.included import require_within
from telemap.errors import MappingError
from telemap.mapping_tests.model import EventFile
from telemap.mapping_tests.reading import ENDINGS
from telemap.problem import Problem, Severity
from telemap.resources import SHIPPED, mapping_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.mapping_tests.model import MappingTestFile
    from telemap.problem.place import Place

_YAML = (".yaml", ".yml")


def named_files(file: MappingTestFile, included: Iterable[str] = (), *, expositions: bool = False) -> dict[Path, str]:
    """Return the files that tests read, each with its purpose.

    Args:
        file: the test file.
        included: the other files of the mapping under test.
        expositions: whether to include expected expositions.
    """
    named = [(path, "an exposition that tests expect") for path, _ in _expositions(file) if expositions]
    named += [(name, "part of the mapping under test") for name in included]
    named += [(recording, "a recording of the events") for recording, _ in _recordings(file)]
    named += [(file.mapping, "the mapping under test"), (file.name, "a test file")]
    return {real_path(name): purpose for name, purpose in named}


def require_names_within(file: MappingTestFile, root: Path | None) -> None:
    """Require that the mapping, the recordings and the expositions of tests are in a folder, links followed.

    Raises:
        MappingError: with a problem for each that is elsewhere.
    """
    named: list[tuple[str, Place | None]] = [*_recordings(file), *_expositions(file)]
    if not file.mapping.startswith(SHIPPED):
        named.insert(0, (file.mapping, file.mapping_place))
    problems: list[Problem] = []
    for name, place in named:
        try:
            require_within(Path(name), name, root, place)
        except MappingError as error:
            problems += error.problems
    if problems:
        raise MappingError(problems)


def misnamed(file: MappingTestFile, included: Iterable[str]) -> tuple[Problem, ...]:
    """Return a problem for each exposition in a file with another purpose, which an update would overwrite."""
    named = named_files(file, included)
    problems = []
    for path, place in _expositions(file):
        real = str(real_path(path))
        purpose = named.get(real_path(path))
        if purpose is None and (path.endswith(ENDINGS) or real.endswith(ENDINGS)):
            purpose = "a test file"
        elif purpose is None and real.endswith(_YAML) and not path.endswith(_YAML):
            purpose = "a link to a mapping"
        if purpose:
            message = f"this file is {purpose}, not an exposition"
            hint = "use another file: --update writes the exposition there"
            problems.append(Problem("wrong-value", Severity.ERROR, message, place.file, place, help=hint))
    return tuple(problems)


def _expositions(file: MappingTestFile) -> Iterator[tuple[str, Place]]:
    for test in file.tests:
        text = test.expect.exposition
        if text is not None and text.path is not None:
            yield text.path, text.place


def _recordings(file: MappingTestFile) -> Iterator[tuple[str, Place]]:
    for test in file.tests:
        for batch in test.batches:
            if isinstance(batch.events, EventFile):
                yield batch.events.path, batch.events.place


def real_path(name: str) -> Path:
    """Return the path of a file with links resolved."""
    try:
        return mapping_path(name).resolve()
    except (OSError, ValueError, RuntimeError):  # a NUL in the name; a loop of links
        return Path(name)
