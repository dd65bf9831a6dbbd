"""Files that hold what a case is expected to print: `--update` shows what changes in them, and writes it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="show changes of expected.txt files, and write them")


@pytest.fixture
def assert_expected(pytestconfig: pytest.Config) -> Callable[[Path, str], None]:
    """Return a function that compares a text with the file that holds what is expected."""
    update = pytestconfig.getoption("--update")

    def check(file: Path, got: str) -> None:
        expected = file.read_text(encoding="utf-8") if file.exists() else ""
        if update and got != expected:
            names = (f"{file.parent.name}/{file.name}", "got")
            lines = difflib.unified_diff(expected.splitlines(keepends=True), got.splitlines(keepends=True), *names)
            reporter = pytestconfig.pluginmanager.getplugin("terminalreporter")
            if reporter is not None:
                reporter.write("\n" + "".join(lines))
            file.write_text(got, encoding="utf-8")
        else:
            assert got == expected

    return check
