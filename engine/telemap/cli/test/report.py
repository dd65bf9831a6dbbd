"""Test results for people."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from telemap.count_text import count_text
from telemap.mapping_tests.coverage import percentage
from telemap.mapping_tests.updating import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.mapping_tests.coverage import CoveredFile
    from telemap.mapping_tests.failures import Failure, Outcome
    from telemap.mapping_tests.session import FileReport

NOT_COVERED = "no test produced a sample"

_CONTEXT = 2
"""Unchanged lines shown around a difference."""


def file_lines(report: FileReport) -> Iterator[str]:
    """Yield the failures of a file's tests, and a line about all of them."""
    for outcome in report.outcomes:
        if outcome.failures:
            yield f"FAIL {outcome.test.place.file}:{outcome.test.place.span.line}: {outcome.test.name}"
            for failure in outcome.failures:
                yield from (f"  {line}" for line in failure_lines(failure))
    if report.outcomes:
        yield f"{report.name}: {_counts(report.outcomes)}"


def failure_lines(failure: Failure) -> Iterator[str]:
    """Yield a failure: its location, a diff of the expected and actual result, an explanation."""
    yield f"{failure.place}: {failure.message}"
    yield from (f"  {line}" for line in evidence_lines(failure))


def evidence_lines(failure: Failure) -> Iterator[str]:
    """Yield the evidence of a failure: a diff of the expected and actual result, notes, and the origins of series."""
    yield from diff_lines(failure.expected, failure.got)
    yield from failure.notes
    yield from (f"made by {origin}" for origin in failure.origins)


def diff_lines(expected: str, got: str) -> Iterator[str]:
    """Yield the missing lines (`-`) and the unexpected ones (`+`), with context."""
    lines = unified_diff(lines_of(expected), lines_of(got), n=_CONTEXT, lineterm="")
    for number, line in enumerate(lines):
        if number >= 2 and not line.startswith("@@"):  # the first two lines name files
            yield f"{line[0]} {line[1:]}"
        elif number > 2:
            yield "..."


def summary(reports: Iterable[FileReport]) -> str:
    """Return a line about all files."""
    reports = list(reports)
    outcomes = [outcome for report in reports for outcome in report.outcomes]
    files = sum(bool(report.outcomes) for report in reports)
    line = (
        f"{count_text(len(outcomes), 'test')} in {count_text(files, 'file')}: {_counts(outcomes)}"
        if outcomes
        else "no test ran"
    )
    broken = sum(bool(report.problems) for report in reports)
    return f"{line}; {count_text(broken, 'file')} with problems" if broken else line


def coverage_lines(files: Iterable[CoveredFile]) -> Iterator[str]:
    """Yield the sources that no test covers, and the shares of those that ran."""
    files = list(files)
    for file in files:
        of = len(file.sources)
        if not file.is_known:
            yield f"{file.name}: unknown, because it has errors"
            continue
        yield f"{file.name}: {file.ran} of {count_text(of, 'rule')} ran, {percentage(file.ran, of)}%"
        for source in file.sources:
            if not source.ran:
                yield f"  {source.origin.place}: {source.origin.name}: {NOT_COVERED}"
    ran, of = sum(file.ran for file in files), sum(len(file.sources) for file in files)
    broken = sum(not file.is_known for file in files)
    if broken:
        yield f"coverage: unknown, because {count_text(broken, 'mapping')} {'has' if broken == 1 else 'have'} errors"
        return
    yield f"coverage: {ran} of {count_text(of, 'rule')}, {percentage(ran, of)}%"


def _counts(outcomes: Iterable[Outcome]) -> str:
    failed = [bool(outcome.failures) for outcome in outcomes]
    counts = f"{failed.count(False)} passed"
    return f"{counts}, {failed.count(True)} failed" if any(failed) else counts
