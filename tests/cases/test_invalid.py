"""Every folder of `invalid/` is a test: a mapping that cannot be used, and the problems as people see them.

    mapping.yaml     the mapping; not there where that is the fault
    generate.py      or a program that prints the mapping, where it is large
    expected.txt     all problems, drawn

A folder is called by the code that it shows, `<code>` or `<code>__<variant>`.
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
from telemap.document import loader
from telemap.problem.drawing import draw
from telemap.problem.codes import CODES, Kind

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
    with pytest.raises(telemap.MappingError) as raised:
        telemap.load("mapping.yaml")
    return raised.value.problems


def test_all_problems_are_drawn_as_expected(folder: Path) -> None:
    drawn = "".join(f"{draw(problem)}\n" for problem in problems())
    assert drawn == (folder / "expected.txt").read_text(encoding="utf-8")


def test_the_folder_shows_the_code_of_its_name(folder: Path) -> None:
    found = {problem.code for problem in problems()}
    assert len(found) == 8 if folder.name == EIGHT_FAULTS else code_of(folder) in found


def test_the_json_schema_finds_structural_faults_and_no_others(folder: Path) -> None:
    structural = any(CODES[problem.code] is Kind.STRUCTURAL for problem in problems())
    if folder.name == "file-unreadable":
        return
    try:
        faults = schema_faults(Path("mapping.yaml").read_bytes())
    except telemap.MappingError as refused:  # no YAML that a schema could be held to
        faults = [str(refused)]
    assert bool(faults) == structural, faults


@pytest.mark.usefixtures("folder")
def test_both_yaml_parsers_lead_to_the_same_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    for parser in (yaml.CLoader, yaml.Loader):
        monkeypatch.setattr(loader, "_YAML_LOADER", parser)
        drawn.append([draw(problem) for problem in problems()])
    assert drawn[0] == drawn[1]


def test_every_code_has_a_folder() -> None:
    assert {code_of(case) for case in FOLDERS} - {EIGHT_FAULTS} == set(CODES)


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
