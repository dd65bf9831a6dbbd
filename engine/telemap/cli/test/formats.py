"""Test results for machines: JSON, and GitHub Actions annotations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from telemap.cli.test.report import NOT_COVERED, evidence_lines
from telemap.mapping_tests.coverage import percentage
from telemap.problem.formats import annotation
from telemap.problem.formats import as_github as problem_as_github
from telemap.problem.formats import as_json as problems_as_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.mapping_tests.coverage import CoveredFile
    from telemap.mapping_tests.failures import Failure, Outcome
    from telemap.mapping_tests.session import FileReport
    from telemap.mapping_tests.subject import Origin
    from telemap.problem.place import Place


def as_json(reports: Iterable[FileReport], coverage: Iterable[CoveredFile] | None) -> str:
    """Return one JSON object with tests, problems and, if there is any, coverage."""
    reports = list(reports)
    document = {
        "tests": [_outcome(outcome) for report in reports for outcome in report.outcomes],
        "problems": json.loads(problems_as_json(problem for report in reports for problem in report.all_problems)),
    }
    if coverage is not None:
        document["coverage"] = [_covered(file) for file in coverage]
    return json.dumps(document, indent=2)


def github_lines(reports: Iterable[FileReport], coverage: Iterable[CoveredFile] | None) -> Iterator[str]:
    """Yield an annotation for each failure and problem, and a notice for each source that no test covers.

    Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    for report in reports:
        yield from map(problem_as_github, report.all_problems)
        for outcome in report.outcomes:
            for failure in outcome.failures:
                lines = [failure.message, *evidence_lines(failure)]
                yield annotation("error", failure.place, outcome.test.name, lines)
    for file in coverage or ():
        for source in file.sources:
            if not source.ran:
                line = f"{source.origin.name}: {NOT_COVERED}"
                yield annotation("notice", source.origin.place, "telemap test --coverage", [line])


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        **_place(outcome.test.place),
        "name": outcome.test.name,
        "outcome": "failed" if outcome.failures else "passed",
        "failures": [_failure(failure) for failure in outcome.failures],
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        **_place(failure.place),
        "message": failure.message,
        "expected": failure.expected,
        "got": failure.got,
        "notes": list(failure.notes),
        "sources": [_origin(origin) for origin in failure.origins],
    }


def _covered(file: CoveredFile) -> dict[str, Any]:
    return {
        "file": file.name,
        "ran": file.ran if file.is_known else None,
        "of": len(file.sources) if file.is_known else None,
        "percent": percentage(file.ran, len(file.sources)) if file.is_known else None,
        "not_run": [_origin(source.origin) for source in file.sources if not source.ran],
    }


def _origin(origin: Origin) -> dict[str, Any]:
    return {**_place(origin.place), "metric": origin.family, "source": origin.number or None}


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.span.line, "column": place.span.column}
