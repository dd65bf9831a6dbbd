"""`telemap test`: unit tests of mappings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.inputs import add_include_root, include_root_of
from telemap.cli.output import print_json, print_lines, say
from telemap.cli.test.finding_tests import find
from telemap.cli.test.junit_file import require_place, write_junit
from telemap.mapping_tests.session import Session, is_fine

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from telemap.mapping_tests.coverage import CoveredFile
    from telemap.mapping_tests.session import FileReport

HELP = "Run the tests of mappings: NAME.test.yaml beside NAME.yaml."

_SHOWN_NAMES = 20
"""Names of tests that are listed when none fits."""

_STYLES = {
    r"^FAIL|\d+ failed": "bold red",
    r"^(?: {4})?-.*": "red",
    r"^(?: {4})?\+.*": "green",
}
"""Colours of what a line has."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        default=["."],
        help="a test file, a mapping with one beside it, telemap:NAME, a directory (default: this one), or a pattern",
    )
    parser.add_argument(
        "--run", metavar="REGEX", action="append", default=[], help="only tests in whose name the regex is found"
    )
    add_include_root(parser)
    parser.add_argument("--update", action="store_true", help="show what would change, and write what tests got")
    parser.add_argument("--coverage", action="store_true", help="list the sources that no test made take a sample")
    parser.add_argument("--allow-none", action="store_true", help="pass where a directory has no tests, and say so")
    parser.add_argument("--junit", metavar="FILE", help="write the results in JUnit's XML as well")
    parser.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="how to show results: for people, as a JSON object, or as GitHub annotations",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the tests; give 1 when any fails or cannot be run."""
    if arguments.update and arguments.format != "text":
        raise UsageError(f"--update shows its changes as text: leave out --format {arguments.format}")
    found = find(arguments.files)
    session = Session(tuple(map(_pattern, arguments.run)), include_root_of(arguments))
    goes_on = arguments.allow_none or (arguments.coverage and session.has_mappings(found.others))
    if found.lacking and not goes_on:
        raise UsageError(found.lacking[0])
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
    if found.lacking and not arguments.allow_none:
        raise UsageError(found.lacking[0])
    for line in found.lacking:
        say(line)
    return 0 if is_fine(reports) else EXIT_PROBLEMS


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(f"--run {text!r} is not a valid regex: {error}") from error


def _require_tests(session: Session, files: Iterable[str]) -> None:
    """Refuse a regex that no test's name fits.

    Raises:
        UsageError: there are tests, and none is wanted.
    """
    if not session.only:
        return
    names = [test.name for file in session.read(files) for test in file.tests]
    if names and not any(map(session.wants, names)):
        listed = [f"  {name}" for name in names[:_SHOWN_NAMES]]
        more = [f"  and {len(names) - _SHOWN_NAMES} others"] if len(names) > _SHOWN_NAMES else []
        wanted = " ".join(f"--run {regex.pattern!r}" for regex in session.only)
        raise UsageError(f"{wanted} fits no test; there are:", *listed, *more)


def _update(session: Session, reports: Iterable[FileReport]) -> list[FileReport]:
    """Show and write what changes; run again what has changed."""
    from telemap.mapping_tests.updating import updates_of  # noqa: PLC0415 - only when asked for

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
        told = "1 test cannot be updated, and needs" if left == 1 else f"{left} tests cannot be updated, and need"
        say(f"{told} an author")
    return after


def _show(form: str, reports: list[FileReport], coverage: tuple[CoveredFile, ...] | None) -> None:
    """Print the results; problems of files go to standard error, but in formats for machines."""
    if form == "text":
        _show_text(reports, coverage)
        return
    from telemap.cli.test.formats import as_json, github_lines  # noqa: PLC0415 - only when asked for

    if form == "json":
        print_json(as_json(reports, coverage))
    else:
        print("".join(f"{line}\n" for line in github_lines(reports, coverage)), end="")


def _show_text(reports: list[FileReport], coverage: tuple[CoveredFile, ...] | None) -> None:
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` needs none of it
    from telemap.cli.test.report import coverage_lines, file_lines, summary  # noqa: PLC0415 - as above

    for report in reports:
        if report.told:
            print(end="", flush=True)
            show(report.told)
        print_lines(file_lines(report), _STYLES)
    print_lines([summary(reports)], _STYLES)
    if coverage is not None:
        print_lines(coverage_lines(coverage), _STYLES)
