"""Every folder of a subject in `invalid/` is a test: a mapping with problems, and the problems as people see them.

    mapping.yaml     the mapping; not there where that is the fault
    *.yaml           what it includes
    generate.py      or a program that prints the mapping, where it is large
    expected.txt     all problems, drawn

A folder is called by the code that it shows, `<code>` or `<code>__<variant>`. Where all problems are warnings, the
mapping can be used.

Each mapping is loaded once, and the checks look at what came of it; each that fails is reported by its name.
"""

from __future__ import annotations

import contextlib
import io
import runpy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from case_folders import case_folders, case_name
from yaml_instance import schema_faults

import telemap
from telemap.cli import main
from telemap.document import loader
from telemap.problem import Severity
from telemap.problem.codes import CODES, WARNINGS, Kind
from telemap.problem.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap import Problem

FOLDERS = case_folders(Path(__file__).parent / "invalid")
EIGHT_FAULTS = "eight_faults"
UNREADABLE = "file-unreadable"


def code_of(folder: Path) -> str:
    return folder.name.partition("__")[0]


@dataclass(frozen=True)
class Case:
    """A folder of `invalid/`, and the problems of its mapping."""

    folder: Path
    problems: tuple[Problem, ...]

    @property
    def code(self) -> str:
        return code_of(self.folder)

    @property
    def drawn(self) -> list[str]:
        return [draw(problem) for problem in self.problems]


def stand_in(folder: Path, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the folder, or where its `generate.py` has put the mapping, so that problems name `mapping.yaml`."""
    program = folder / "generate.py"
    if program.exists():
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            runpy.run_path(str(program))
        (empty / "mapping.yaml").write_text(printed.getvalue(), encoding="utf-8")
    monkeypatch.chdir(empty if program.exists() else folder)


def find_problems() -> tuple[Problem, ...]:
    """Return the problems of `mapping.yaml`; assert that errors stop it, and that warnings do not."""
    try:
        mapping = telemap.load("mapping.yaml")
    except telemap.MappingError as refused:
        found, stopped = refused.problems, True
    else:
        telemap.compile(mapping)
        found, stopped = mapping.warnings, False
    assert any(problem.severity is Severity.ERROR for problem in found) == stopped
    return found


def the_folder_shows_the_code_of_its_name(case: Case) -> None:
    found = {problem.code for problem in case.problems}
    assert case.folder.name == EIGHT_FAULTS or case.code in found


def a_code_is_always_an_error_or_always_a_warning(case: Case) -> None:
    shown = {problem.severity for problem in case.problems if problem.code == case.code}
    assert shown in (set(), {Severity.WARNING if case.code in WARNINGS else Severity.ERROR})


def the_json_schema_finds_structural_faults_and_no_others(case: Case) -> None:
    if case.folder.name == UNREADABLE:
        return
    own = [problem for problem in case.problems if problem.file == "mapping.yaml"]
    structural = any(CODES[problem.code] is Kind.STRUCTURAL for problem in own)
    try:
        faults = schema_faults(Path("mapping.yaml").read_bytes())
    except telemap.MappingError as refused:  # no YAML that a schema could be held to
        faults = [str(refused)]
    assert bool(faults) == structural, faults


def errors_fail_validation_and_warnings_do_in_strict_mode(case: Case) -> None:
    if case.folder.name == UNREADABLE:
        return
    errors = [problem for problem in case.problems if problem.severity is Severity.ERROR]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert main(["validate", "mapping.yaml"]) == (1 if errors else 0)
        assert main(["validate", "--strict", "mapping.yaml"]) == 1


def both_yaml_parsers_lead_to_the_same_problems(case: Case) -> None:
    assert loader.YAML_LOADER is yaml.CLoader
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "YAML_LOADER", yaml.Loader)
        assert [draw(problem) for problem in find_problems()] == case.drawn


CHECKS = (
    the_folder_shows_the_code_of_its_name,
    a_code_is_always_an_error_or_always_a_warning,
    the_json_schema_finds_structural_faults_and_no_others,
    errors_fail_validation_and_warnings_do_in_strict_mode,
    both_yaml_parsers_lead_to_the_same_problems,
)


@pytest.mark.parametrize("folder", FOLDERS, ids=case_name)
def test_the_problems_are_found(
    folder: Path,
    subtests: pytest.Subtests,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    assert_expected: Callable[[Path, str], None],
) -> None:
    stand_in(folder, tmp_path, monkeypatch)
    case = Case(folder, find_problems())
    with subtests.test("all_problems_are_drawn_as_expected"):
        assert_expected(folder / "expected.txt", "".join(f"{text}\n" for text in case.drawn))
    for check in CHECKS:
        with subtests.test(check.__name__):
            check(case)


def test_every_code_has_a_folder() -> None:
    assert {code_of(folder) for folder in FOLDERS} - {EIGHT_FAULTS} == set(CODES)


def test_every_warning_is_a_code_and_semantic() -> None:
    assert {CODES[code] for code in WARNINGS} == {Kind.SEMANTIC}


def test_eight_faults_are_found_in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(next(folder for folder in FOLDERS if folder.name == EIGHT_FAULTS))
    places = {
        problem.code: (problem.place.span.line, problem.place.span.column)
        for problem in find_problems()
        if problem.place
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
