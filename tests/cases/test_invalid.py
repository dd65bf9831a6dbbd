"""Every folder of `invalid/` is a test: a mapping with problems, and the problems as people see them.

    mapping.yaml     the mapping; not there where that is the fault
    *.yaml           what it includes
    generate.py      or a program that prints the mapping, where it is large
    expected.txt     all problems, drawn

A folder is called by the code that it shows, `<code>` or `<code>__<variant>`. Where all problems are warnings, the
mapping can be used.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from cases.yaml_instance import schema_faults

import telemap
from telemap.cli import main
from telemap.document import loader
from telemap.problem import Severity
from telemap.problem.codes import CODES, WARNINGS, Kind
from telemap.problem.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap import Problem

FOLDERS = sorted(path for path in (Path(__file__).parent / "invalid").iterdir() if path.is_dir())
EIGHT_FAULTS = "eight_faults"


def code_of(folder: Path) -> str:
    return folder.name.partition("__")[0]


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Stand in the folder, or where its `generate.py` has put the mapping, so that problems name `mapping.yaml`."""
    case: Path = request.param
    program = case / "generate.py"
    if program.exists():
        (tmp_path / "mapping.yaml").write_bytes(subprocess.check_output([sys.executable, program]))
    before = Path.cwd()
    os.chdir(tmp_path if program.exists() else case)
    yield case
    os.chdir(before)


def problems() -> tuple[Problem, ...]:
    """Return the problems of `mapping.yaml`, and see to it that errors stop it, and warnings do not."""
    try:
        mapping = telemap.load("mapping.yaml")
    except telemap.MappingError as refused:
        found, stopped = refused.problems, True
    else:
        telemap.compile(mapping)
        found, stopped = mapping.warnings, False
    assert any(problem.severity is Severity.ERROR for problem in found) == stopped
    return found


def test_all_problems_are_drawn_as_expected(folder: Path) -> None:
    drawn = "".join(f"{draw(problem)}\n" for problem in problems())
    assert drawn == (folder / "expected.txt").read_text(encoding="utf-8")


def test_the_folder_shows_the_code_of_its_name(folder: Path) -> None:
    found = {problem.code for problem in problems()}
    assert len(found) == 8 if folder.name == EIGHT_FAULTS else code_of(folder) in found


def test_a_code_is_always_an_error_or_always_a_warning(folder: Path) -> None:
    shown = {problem.severity for problem in problems() if problem.code == code_of(folder)}
    assert shown == set() or shown == {Severity.WARNING if code_of(folder) in WARNINGS else Severity.ERROR}


def test_the_json_schema_finds_structural_faults_and_no_others(folder: Path) -> None:
    own = [problem for problem in problems() if problem.file == "mapping.yaml"]
    structural = any(CODES[problem.code] is Kind.STRUCTURAL for problem in own)
    if folder.name == "file-unreadable":
        return
    try:
        faults = schema_faults(Path("mapping.yaml").read_bytes())
    except telemap.MappingError as refused:  # no YAML that a schema could be held to
        faults = [str(refused)]
    assert bool(faults) == structural, faults


def test_errors_fail_validation_and_warnings_do_in_strict_mode(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if folder.name == "file-unreadable":
        return
    errors = [problem for problem in problems() if problem.severity is Severity.ERROR]
    assert main(["validate", "mapping.yaml"]) == (1 if errors else 0)
    assert main(["validate", "--strict", "mapping.yaml"]) == 1
    capsys.readouterr()


@pytest.mark.usefixtures("folder")
def test_both_yaml_parsers_lead_to_the_same_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    for parser in (yaml.CLoader, yaml.Loader):
        monkeypatch.setattr(loader, "_YAML_LOADER", parser)
        drawn.append([draw(problem) for problem in problems()])
    assert drawn[0] == drawn[1]


def test_every_code_has_a_folder() -> None:
    assert {code_of(case) for case in FOLDERS} - {EIGHT_FAULTS} == set(CODES)


def test_every_warning_is_a_code_and_semantic() -> None:
    assert {CODES[code] for code in WARNINGS} == {Kind.SEMANTIC}


def test_eight_faults_are_found_in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDERS[0].parent / EIGHT_FAULTS)
    places = {
        problem.code: (problem.place.span.line, problem.place.span.column) for problem in problems() if problem.place
    }
    assert places == {
        "counter-name": (8, 3),
        "unit-name": (19, 11),
        "buckets-order": (20, 23),
        "missing-key": (22, 3),
        "wrong-value": (23, 11),
        "path-many": (32, 12),
        "unknown-key": (34, 5),
        "label-mismatch": (42, 9),
    }
