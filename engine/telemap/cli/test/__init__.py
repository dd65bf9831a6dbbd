"""`telemap test`: run mapping tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.inputs import add_include_root, include_root_of
from telemap.cli.output import print_json, print_lines, say
from telemap.cli.test.finding_tests import find
from telemap.cli.test.junit_file import require_place, write_junit
from telemap.cli.values import file_name
from telemap.count_text import count_text
from telemap.mapping_tests.session import Session, is_fine

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from telemap.mapping_tests.coverage import CoveredFile
    from telemap.mapping_tests.session import FileReport

HELP = "Run mapping tests: NAME.test.yaml next to NAME.yaml."

_LISTED_NAMES = 20
"""Names of tests that are listed if none matches."""

_STYLES = {
    r"^FAIL|\d+ failed": "bold red",
    r"^(?: {4})?-.*": "red",
    r"^(?: {4})?\+.*": "green",
}
"""Colours for parts of a line."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        type=file_name,
        default=["."],
        help="a test file, a mapping with a test file next to it, telemap:NAME, a pattern, or a directory (default: the"
        " current one)",
    )
    parser.add_argument(
        "--run", metavar="REGEX", action="append", default=[], help="only tests whose name matches; may be repeated"
    )
    add_include_root(parser)
    parser.add_argument("--update", action="store_true", help="change the test files so that the tests pass")
    parser.add_argument("--coverage", action="store_true", help="list the rules for which no test produced a sample")
    parser.add_argument("--allow-none", action="store_true", help="succeed if a directory contains no tests")
    parser.add_argument("--junit", metavar="FILE", type=file_name, help="also write the results as JUnit XML")
    parser.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="for people (the default), one JSON object, or GitHub Actions annotations",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the tests, and return 1 if any fails or cannot run."""
    if arguments.update and arguments.format != "text":
        raise UsageError(f"--update cannot be used with --format {arguments.format}")
    found = find(arguments.files)
    session = Session(tuple(map(_pattern, arguments.run)), include_root_of(arguments))
    can_continue = arguments.allow_none or (arguments.coverage and session.has_mappings(found.others))
    if found.without_tests and not can_continue:
        raise UsageError(found.without_tests[0])
    if arguments.junit is not None:
        require_place(arguments.junit, found.files, session.read(found.files))
    _require_tests(session, found.files)
    reports = [session.run(name) for name in found.files]
    if arguments.update:
        reports = _update(session, reports)
    coverage = session.coverage(reports, found.others) if arguments.coverage else None
    _show(arguments.format, reports, coverage)
    if arguments.junit is not None:
        write_junit(arguments.junit, reports)
    if found.without_tests and not arguments.allow_none:
        raise UsageError(found.without_tests[0])
    for line in found.without_tests:
        say(line)
    return 0 if is_fine(reports) else EXIT_PROBLEMS


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(f"--run {text!r} is not a valid regex: {error}") from error


def _require_tests(session: Session, files: Iterable[str]) -> None:
    """Check that `--run` selects a test.

    Raises:
        UsageError: it selects none of the tests.
    """
    if not session.only:
        return
    names = [test.name for file in session.read(files) for test in file.tests]
    if names and not any(map(session.wants, names)):
        listed = [f"  {name}" for name in names[:_LISTED_NAMES]]
        more = [f"  and {len(names) - _LISTED_NAMES} more"] if len(names) > _LISTED_NAMES else []
        options = " ".join(f"--run {regex.pattern!r}" for regex in session.only)
        raise UsageError(f"{options} matches no test; the tests are:", *listed, *more)


def _update(session: Session, reports: Iterable[FileReport]) -> list[FileReport]:
    """Show and write the changes, and run changed files again."""
    from telemap.mapping_tests.updating import updates_of  # noqa: PLC0415 - only with --update

    after = []
    for report in reports:
        updates = updates_of(report) if report.failed else ()
        for update in updates:
            print_lines(update.diff_lines(), _STYLES)
            update.write()
        session.forget(report.name)
        after.append(session.run(report.name) if updates else report)
    left = sum(report.failed for report in after)
    if left:
        say(f"{count_text(left, 'test')} cannot be updated automatically")
    return after


def _show(form: str, reports: list[FileReport], coverage: tuple[CoveredFile, ...] | None) -> None:
    """Print the results; in text form, problems of files go to standard error."""
    if form == "text":
        _show_text(reports, coverage)
        return
    from telemap.cli.test.formats import as_json, github_lines  # noqa: PLC0415 - not needed for text

    if form == "json":
        print_json(as_json(reports, coverage))
    else:
        print("".join(f"{line}\n" for line in github_lines(reports, coverage)), end="")


def _show_text(reports: list[FileReport], coverage: tuple[CoveredFile, ...] | None) -> None:
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` does not need it
    from telemap.cli.test.report import coverage_lines, file_lines, summary  # noqa: PLC0415 - as above

    for report in reports:
        if report.all_problems:
            print(end="", flush=True)
            show(report.all_problems)
        print_lines(file_lines(report), _STYLES)
    print_lines([summary(reports)], _STYLES)
    if coverage is not None:
        print_lines(coverage_lines(coverage), _STYLES)
