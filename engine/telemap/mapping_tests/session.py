"""Run the tests of several files."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telemap.errors import MappingError
from telemap.load import load
from telemap.mapping_tests.comparing import run_test
from telemap.mapping_tests.coverage import CoveredFile, covered_files
from telemap.mapping_tests.named_files import misnamed
from telemap.mapping_tests.reading import beside, read_test_file
from telemap.mapping_tests.subject import Subject, load_subject
from telemap.problem import Severity
from telemap.resources import mapping_path

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from telemap.mapping_tests.failures import Outcome
    from telemap.mapping_tests.model import MappingTestFile
    from telemap.problem import Problem


@dataclass(frozen=True, slots=True)
class FileReport:
    """A test file, and what came of its tests.

    Attributes:
        problems: what kept tests from running: of the file, its mapping, or a recording.
        subject: the mapping under test; None when it cannot be used.
        warnings: of the file; they do not keep tests from running.
        mapping: what the mapping under test is called.
    """

    name: str
    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()
    subject: Subject | None = None
    warnings: tuple[Problem, ...] = ()
    mapping: str = ""

    @property
    def told(self) -> tuple[Problem, ...]:
        """Return all that is wrong or doubtful."""
        return (*self.problems, *self.warnings)

    @property
    def failed(self) -> int:
        """Count the tests that failed."""
        return sum(bool(outcome.failures) for outcome in self.outcomes)


@dataclass(slots=True)
class Session:
    """Test files that are read once, and mappings that are loaded once.

    Attributes:
        only: which tests are wanted: those in whose name any of these is found; all when there are none.
        include_root: the folder that mappings under test, and what they include, must be in; any when None.
    """

    only: tuple[re.Pattern[str], ...] = ()
    include_root: str | None = None
    _subjects: dict[str, Subject] = field(default_factory=dict)
    _read: dict[str, MappingTestFile] = field(default_factory=dict)

    def read(self, names: Iterable[str]) -> list[MappingTestFile]:
        """Read the files that can be read."""
        files = []
        for name in names:
            with suppress(MappingError):  # `run` says what is wrong with it
                self._read[name] = self._read.get(name) or read_test_file(name)
                files.append(self._read[name])
        return files

    def has_mappings(self, names: Iterable[str]) -> bool:
        """Return whether any of these files is a mapping that can be used."""
        for name in names:
            with suppress(MappingError):
                load(name, include_root=self.include_root)
                return True
        return False

    def run(self, name: str) -> FileReport:
        """Run the wanted tests of a file."""
        try:
            file = self._read[name] = self._read.get(name) or read_test_file(name)
            tests = [test for test in file.tests if self.wants(test.name)]
            if not tests:
                return FileReport(name)
            subject = self._subject(file)
        except MappingError as error:
            read = self._read.get(name)
            return FileReport(name, problems=error.problems, mapping=read.mapping if read else beside(name))
        if wrong := misnamed(file, _included(subject)):
            return FileReport(name, (), wrong, subject, file.warnings, file.mapping)
        outcomes: list[Outcome] = []
        problems: list[Problem] = []
        for test in tests:
            try:
                outcomes.append(run_test(subject, test))
            except MappingError as error:
                problems += error.problems
        return FileReport(name, tuple(outcomes), tuple(problems), subject, file.warnings, file.mapping)

    def forget(self, name: str) -> None:
        """Read a file again when it is run next: it has changed."""
        self._read.pop(name, None)

    def coverage(self, reports: Iterable[FileReport], others: Iterable[str]) -> tuple[CoveredFile, ...]:
        """Tell which sources ran.

        Args:
            reports: of all files.
            others: files that may be mappings without tests; those that cannot be used are none.
        """
        reports = list(reports)
        tested = [(report.subject, report.outcomes) for report in reports if report.subject]
        known = {subject.mapping.name for subject, _ in tested}
        broken: list[CoveredFile] = []
        lost = (report.mapping for report in reports if report.problems and not report.subject)
        for name in dict.fromkeys(name for name in lost if name not in known):
            try:
                tested.append((Subject(load(name, include_root=self.include_root)), ()))
            except MappingError:
                if os.path.exists(mapping_path(name)):  # noqa: PTH110 - Path may raise
                    broken.append(CoveredFile(name, (), is_known=False))
            known.add(name)
        for name in others:
            if name in known:
                continue
            try:
                tested.append((Subject(load(name, include_root=self.include_root)), ()))
            except MappingError:
                continue  # not a mapping, or one for `telemap validate`
        return (*covered_files(tested), *broken)

    def wants(self, test: str) -> bool:
        """Return whether a test is to run, by its name."""
        return not self.only or any(regex.search(test) for regex in self.only)

    def _subject(self, file: MappingTestFile) -> Subject:
        if file.mapping not in self._subjects:
            self._subjects[file.mapping] = load_subject(file, self.include_root)
        return self._subjects[file.mapping]


def _included(subject: Subject) -> set[str]:
    """Return the files whose sources and families a mapping has."""
    places = [*(origin.place for origin in subject.sources), *(family.place for family in subject.mapping.families)]
    return {place.file for place in places}


def is_fine(reports: Iterable[FileReport]) -> bool:
    """Return whether every test ran and passed."""
    return not any(
        report.failed or any(problem.severity is Severity.ERROR for problem in report.problems) for report in reports
    )
