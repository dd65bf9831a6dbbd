"""Every folder of `mapping_tests/` is a run of `telemap test`.

mapping.yaml, mapping.test.yaml   a mapping and its tests; more of them, and what they name
arguments.txt                     what stands behind `telemap test`; `.` when not there
expected.txt                      standard output, then standard error, then the exit code
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from case_folders import case_folders, case_name

from telemap.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDERS = case_folders(Path(__file__).parent / "mapping_tests")


@pytest.mark.parametrize("folder", FOLDERS, ids=case_name)
def test_tests_of_mappings_run_as_expected(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    assert_expected: Callable[[Path, str], None],
) -> None:
    monkeypatch.chdir(folder)
    arguments = folder / "arguments.txt"
    code = main(["test", *(shlex.split(arguments.read_text()) if arguments.exists() else ["."])])
    out, err = capsys.readouterr()
    assert_expected(folder / "expected.txt", f"{out}{err}exit {code}\n")
