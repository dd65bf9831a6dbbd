"""Run the tests of several files."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.document.included import require_within
from telemap.errors import MappingError
from telemap.load import load
from telemap.mapping_tests.comparing import run_test
from telemap.mapping_tests.coverage import CoveredFile, covered_files
from telemap.mapping_tests.named_files import misnamed, require_names_within
from telemap.mapping_tests.reading import mapping_of_test, read_test_file
from telemap.mapping_tests.subject import Subject, load_subject
from telemap.problem import Severity
from telemap.resources import SHIPPED, mapping_path

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from telemap.mapping_tests.failures import Outcome
    from telemap.mapping_tests.model import MappingTestFile
    from telemap.model import Mapping
    from telemap.problem import Problem


@dataclass(frozen=True, slots=True)
class FileReport:
    """A test file and the outcomes of its tests.

    Attributes:
        problems: problems of the file, its mapping or a recording that kept tests from running.
        subject: the mapping under test; None if it cannot be used.
        warnings: warnings about the file.
        mapping: the name of the mapping under test.
    """

    name: str
    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()
    subject: Subject | None = None
    warnings: tuple[Problem, ...] = ()
    mapping: str = ""

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Return problems and warnings."""
        return (*self.problems, *self.warnings)

    @property
    def failed(self) -> int:
        """Count the tests that failed."""
        return sum(bool(outcome.failures) for outcome in self.outcomes)


@dataclass(slots=True)
class Session:
    """Runs test files; each file is read once, and each mapping loaded once.

    Attributes:
        only: regexes that select tests by name; empty for all tests.
        include_root: the folder that all files must be in; any when None.
    """

    only: tuple[re.Pattern[str], ...] = ()
    include_root: str | None = None
    _subjects: dict[str, Subject] = field(default_factory=dict)
    _read: dict[str, MappingTestFile] = field(default_factory=dict)

    def read(self, names: Iterable[str]) -> list[MappingTestFile]:
        """Return the files that can be read."""
        files = []
        for name in names:
            with suppress(MappingError):  # `run` reports it
                files.append(self._file(name))
        return files

    def has_mappings(self, names: Iterable[str]) -> bool:
        """Return whether any of these files is a valid mapping."""
        for name in names:
            with suppress(MappingError):
                self._load(name)
                return True
        return False

    def run(self, name: str) -> FileReport:
        """Run the selected tests of a file."""
        try:
            file = self._file(name)
            tests = [test for test in file.tests if self.wants(test.name)]
            if not tests:
                return FileReport(name)
            subject = self._subject(file)
        except MappingError as error:
            read = self._read.get(name)
            return FileReport(name, problems=error.problems, mapping=read.mapping if read else mapping_of_test(name))
        if conflicts := misnamed(file, _included(subject)):
            return FileReport(name, (), conflicts, subject, file.warnings, file.mapping)
        outcomes: list[Outcome] = []
        problems: list[Problem] = []
        for test in tests:
            try:
                outcomes.append(run_test(subject, test))
            except MappingError as error:
                problems += error.problems
        return FileReport(name, tuple(outcomes), tuple(problems), subject, file.warnings, file.mapping)

    def forget(self, name: str) -> None:
        """Forget a file that has changed, so that it is read again."""
        self._read.pop(name, None)

    def coverage(self, reports: Iterable[FileReport], others: Iterable[str]) -> tuple[CoveredFile, ...]:
        """Return the coverage of all mappings.

        Args:
            reports: the reports of all files.
            others: files that may be mappings without tests; invalid ones are ignored.
        """
        reports = list(reports)
        tested = [(report.subject, report.outcomes) for report in reports if report.subject]
        known = {subject.mapping.name for subject, _ in tested}
        broken: list[CoveredFile] = []
        failed = (report.mapping for report in reports if report.problems and not report.subject)
        for name in dict.fromkeys(name for name in failed if name not in known):
            try:
                tested.append((Subject(self._load(name)), ()))
            except MappingError:
                if os.path.exists(mapping_path(name)):  # noqa: PTH110 - Path may raise
                    broken.append(CoveredFile(name, (), is_known=False))
            known.add(name)
        for name in others:
            if name in known:
                continue
            try:
                tested.append((Subject(self._load(name)), ()))
            except MappingError:
                continue  # not a mapping, or an invalid one
        return (*covered_files(tested), *broken)

    def wants(self, test: str) -> bool:
        """Return whether a test is selected."""
        return not self.only or any(regex.search(test) for regex in self.only)

    def _file(self, name: str) -> MappingTestFile:
        """Read a test file, unless it has been read before.

        Raises:
            MappingError: with its problems, or for each file outside of the root that it names.
        """
        if name not in self._read:
            root = None if self.include_root is None else Path(self.include_root)
            require_within(Path(name), name, root)
            file = read_test_file(name)
            require_names_within(file, root)
            self._read[name] = file
        return self._read[name]

    def _load(self, name: str) -> Mapping:
        if self.include_root is not None and not name.startswith(SHIPPED):
            require_within(Path(name), name, Path(self.include_root))
        return load(name, include_root=self.include_root)

    def _subject(self, file: MappingTestFile) -> Subject:
        if file.mapping not in self._subjects:
            self._subjects[file.mapping] = load_subject(file, self.include_root)
        return self._subjects[file.mapping]


def _included(subject: Subject) -> set[str]:
    """Return the files that define the sources and families of a mapping."""
    places = [*(origin.place for origin in subject.sources), *(family.place for family in subject.mapping.families)]
    return {place.file for place in places}


def is_fine(reports: Iterable[FileReport]) -> bool:
    """Return whether every test ran and passed."""
    return not any(
        report.failed or any(problem.severity is Severity.ERROR for problem in report.problems) for report in reports
    )
