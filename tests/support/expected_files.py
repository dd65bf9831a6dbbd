"""Files that hold what a case is expected to print: `--update` writes them, and shows at the end what has changed."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHANGE = "change of a file"
"""The property of a test's report, which also comes from other processes, that holds a difference."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write expected.txt files, and show what has changed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = (report for reports in terminalreporter.stats.values() for report in reports)
    properties = (pair for report in reports for pair in getattr(report, "user_properties", ()))
    for change in dict.fromkeys(str(text) for name, text in properties if name == _CHANGE):
        terminalreporter.write(f"\n{change}")


@pytest.fixture
def assert_expected(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Callable[[Path, str], None]:
    """Return a function that compares a text with the file that holds what is expected."""
    update = pytestconfig.getoption("--update")

    def check(file: Path, got: str) -> None:
        expected = file.read_text(encoding="utf-8") if file.exists() else ""
        if update and got != expected:
            names = (f"{file.parent.name}/{file.name}", "now")
            lines = difflib.unified_diff(expected.splitlines(keepends=True), got.splitlines(keepends=True), *names)
            request.node.user_properties.append((_CHANGE, "".join(lines)))
            file.write_text(got, encoding="utf-8")
        else:
            assert got == expected

    return check
