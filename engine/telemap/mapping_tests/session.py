"""Run the tests of several files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telemap.errors import MappingError
from telemap.load import load
from telemap.mapping_tests.comparing import run_test
from telemap.mapping_tests.coverage import covered_files
from telemap.mapping_tests.reading import read_test_file
from telemap.mapping_tests.subject import Subject, load_subject
from telemap.problem import Severity

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from telemap.mapping_tests.coverage import CoveredFile
    from telemap.mapping_tests.failures import Outcome
    from telemap.mapping_tests.model import MappingTestFile
    from telemap.problem import Problem


@dataclass(frozen=True, slots=True)
class FileReport:
    """A test file, and what came of its tests.

    Attributes:
        problems: what kept tests from running: of the file, its mapping, or a recording.
        subject: the mapping under test; None when it cannot be used.
    """

    name: str
    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()
    subject: Subject | None = None

    @property
    def failed(self) -> int:
        """Count the tests that failed."""
        return sum(bool(outcome.failures) for outcome in self.outcomes)


@dataclass(slots=True)
class Session:
    """Test files that are read once, and mappings that are loaded once.

    Attributes:
        only: which tests are wanted; all when None.
    """

    only: re.Pattern[str] | None = None
    _subjects: dict[str, Subject] = field(default_factory=dict)
    _read: dict[str, MappingTestFile] = field(default_factory=dict)

    def names(self, files: Iterable[str]) -> list[str]:
        """Give the names of all tests in files that can be read, wanted or not."""
        names = []
        for name in files:
            try:
                self._read[name] = read_test_file(name)
            except MappingError:
                continue  # `run` says what is wrong with it
            names += [test.name for test in self._read[name].tests]
        return names

    def run(self, name: str) -> FileReport:
        """Run the wanted tests of a file."""
        try:
            file = self._read.get(name) or read_test_file(name)
            tests = [test for test in file.tests if self.wants(test.name)]
            if not tests:
                return FileReport(name)
            subject = self._subject(file)
        except MappingError as error:
            return FileReport(name, problems=error.problems)
        outcomes: list[Outcome] = []
        problems: list[Problem] = []
        for test in tests:
            try:
                outcomes.append(run_test(subject, test))
            except MappingError as error:
                problems += error.problems
        return FileReport(name, tuple(outcomes), tuple(problems), subject)

    def forget(self, name: str) -> None:
        """Read a file again when it is run next: it has changed."""
        self._read.pop(name, None)

    def coverage(self, reports: Iterable[FileReport], others: Iterable[str]) -> tuple[CoveredFile, ...]:
        """Tell which sources ran.

        Args:
            reports: of all files.
            others: files that may be mappings without tests; those that cannot be used are none.
        """
        tested = [(report.subject, report.outcomes) for report in reports if report.subject]
        known = {subject.mapping.name for subject, _ in tested}
        for name in others:
            if name in known:
                continue
            try:
                tested.append((Subject(load(name)), ()))
            except MappingError:
                continue  # not a mapping, or one for `telemap validate`
        return covered_files(tested)

    def wants(self, test: str) -> bool:
        """Tell whether a test is to run, by its name."""
        return self.only is None or self.only.search(test) is not None

    def _subject(self, file: MappingTestFile) -> Subject:
        if file.mapping not in self._subjects:
            self._subjects[file.mapping] = load_subject(file)
        return self._subjects[file.mapping]


def is_fine(reports: Iterable[FileReport]) -> bool:
    """Tell whether every test ran and passed."""
    return not any(
        report.failed or any(problem.severity is Severity.ERROR for problem in report.problems) for report in reports
    )
