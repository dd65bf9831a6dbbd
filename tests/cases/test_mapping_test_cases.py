"""Every folder of `mapping_tests/` is a test: what `telemap test` prints.

mapping.yaml, mapping.test.yaml   a mapping and its tests; more of them, and other files that they use
arguments.txt                     the arguments of `telemap test`, a line for each run; by default, one run with `.`
expected.txt                      standard output, standard error and the exit code of each run
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
def test_command_prints_what_is_expected(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    assert_expected: Callable[[Path, str], None],
) -> None:
    monkeypatch.chdir(folder)
    file = folder / "arguments.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else ["."]
    got = []
    for line in lines:
        code = main(["test", *shlex.split(line)])
        out, err = capsys.readouterr()
        head = f"$ telemap test {line}".rstrip() + "\n" if len(lines) > 1 else ""
        got.append(f"{head}{out}{err}exit {code}\n")
    assert_expected(folder / "expected.txt", "\n".join(got))
