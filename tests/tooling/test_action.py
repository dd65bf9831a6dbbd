"""The GitHub Action: each of its steps is run, in a workspace of a user."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from schema_checks import schema_problems
from servers.process import PROJECT
from tooling.composite_action import CompositeAction, Outcome
from tooling.projects import (
    DOUBT,
    DOUBTFUL_MAPPING,
    FAILING_TESTS,
    FAILURE,
    FAULT,
    FAULTY_MAPPING,
    MAPPING,
    write_project,
)
from tooling.releases import installed_by, locked

from telemap.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tooling.conftest import Distributions

    Run = Callable[..., Outcome]

FILE = PROJECT / "action.yml"
ACTION: dict[str, Any] = yaml.safe_load(FILE.read_text())
INSTALL, CHECK, TEST = (step["name"] for step in ACTION["runs"]["steps"])


@pytest.fixture(scope="module")
def action(
    light_sources: Path, light_machine: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> CompositeAction:
    """Return the action as a workflow that names this repository has it."""
    return CompositeAction(light_sources, scratch=tmp_path_factory.mktemp("runner"), environment=light_machine)


@pytest.fixture(scope="module")
def first_run(action: CompositeAction, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Run the action as it is without any input."""
    return action.run(write_project(tmp_path_factory.mktemp("workspace")), {})


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a user's project with a good mapping, and its tests."""
    return write_project(tmp_path / "shop")


@pytest.fixture
def run(action: CompositeAction, first_run: Outcome, workspace: Path) -> Run:
    """Return a function that runs the action in the workspace; what the first run installed is there."""
    installed = {name: value for name, value in first_run.values.items() if name.startswith("steps.")}
    return lambda **inputs: action.run(workspace, inputs, done=installed)


def annotated(outcome: Outcome) -> list[str]:
    return [line for line in outcome.log.splitlines() if line.startswith("::")]


def test_the_file_is_an_action_by_githubs_schema() -> None:
    assert schema_problems(FILE, "vendor.github-actions") == ""


def test_no_script_holds_an_expression() -> None:
    assert [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step["run"]] == []


def test_without_any_input_mappings_are_checked_and_tests_run(first_run: Outcome) -> None:
    assert first_run.exit_codes == {INSTALL: 0, CHECK: 0, TEST: 0}, first_run.log + first_run.errors
    assert annotated(first_run) == []


def test_the_action_installs_what_is_locked(action: CompositeAction, first_run: Outcome) -> None:
    python = Path(action.output("telemap", first_run)).with_name("python")
    assert installed_by(python) == locked("telemap", "build")


def test_later_steps_can_run_the_command(action: CompositeAction, first_run: Outcome) -> None:
    command = [action.output("telemap", first_run), "--version"]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    assert finished.stdout == f"telemap {VERSION}\n"


def test_a_bad_mapping_is_annotated_and_fails(run: Run, workspace: Path) -> None:
    write_project(workspace, mapping=FAULTY_MAPPING)
    outcome = run()
    assert outcome.exit_codes == {CHECK: 1}
    [annotation] = annotated(outcome)
    assert annotation.startswith(
        "::error file=mappings/shop.yaml,title=telemap%3A wrong-value,line=4,endLine=4,col=11,"
    )
    assert f"::{FAULT}" in annotation


def test_a_failing_test_is_annotated_and_fails(run: Run, workspace: Path) -> None:
    write_project(workspace, tests=FAILING_TESTS)
    outcome = run()
    assert outcome.exit_codes == {CHECK: 0, TEST: 1}
    [annotation] = annotated(outcome)
    assert annotation.startswith("::error file=mappings/shop.test.yaml,")
    assert ",line=8," in annotation
    assert FAILURE in annotation


def test_warnings_are_annotated_and_fail_when_strict(run: Run, workspace: Path) -> None:
    write_project(workspace, mapping=DOUBTFUL_MAPPING)
    outcome = run(tests="")
    assert outcome.exit_codes == {CHECK: 0}
    [annotation] = annotated(outcome)
    assert annotation.startswith(f"::warning file=mappings/shop.yaml,title=telemap%3A {DOUBT},line=6,")
    assert run(strict="true").exit_codes == {CHECK: 1}


def test_strict_is_true_or_false(run: Run) -> None:
    outcome = run(strict="yes")
    assert outcome.exit_codes == {CHECK: 2}
    assert annotated(outcome) == ["::error title=telemap::the input 'strict' must be true or false."]


def test_mappings_and_tests_may_lie_in_several_places(run: Run, workspace: Path) -> None:
    for name in ("a b", "c"):
        write_project(workspace / name)
    (workspace / "c" / "mappings" / "shop.yaml").write_text(FAULTY_MAPPING)
    (workspace / "mappings" / "shop.test.yaml").write_text(FAILING_TESTS)
    assert run(mappings="a b/mappings\n\nmappings/*op.yaml\n", tests="a b/mappings\n").exit_codes == {CHECK: 0, TEST: 0}
    assert run(mappings="mappings\nc\n").exit_codes == {CHECK: 1}
    assert run(tests="a b\nmappings/shop.yaml").exit_codes == {CHECK: 0, TEST: 1}


@pytest.mark.parametrize(
    "text", ["$(touch seen)", "`touch seen`", '"; touch seen; "', "'; touch seen; '", "x; touch seen"]
)
def test_no_input_is_run_as_code(action: CompositeAction, run: Run, workspace: Path, text: str) -> None:
    for name in ("mappings", "tests", "strict"):
        assert max(run(**{name: text}).exit_codes.values()) == 2
    assert run(junit=text).exit_codes == {CHECK: 0, TEST: 0}
    assert action.run(workspace, {"python": text}).exit_codes == {INSTALL: 1}
    assert not (workspace / "seen").exists()


def test_a_name_that_begins_with_a_dash_is_no_option(run: Run, workspace: Path) -> None:
    (workspace / "--help").write_text(MAPPING)
    outcome = run(mappings="--help", tests="")
    assert outcome.exit_codes == {CHECK: 0}
    assert "usage" not in outcome.log
    assert run(mappings="--strict").exit_codes == {CHECK: 2}


def test_results_are_written_as_junit(run: Run, workspace: Path) -> None:
    assert run(junit="results.xml").exit_codes == {CHECK: 0, TEST: 0}
    suites = ET.parse(workspace / "results.xml").getroot()  # noqa: S314 - our own
    assert [case.get("name") for case in suites.iter("testcase")] == ["an order is counted"]


def test_a_project_without_tests_is_reported_and_passes(run: Run, workspace: Path) -> None:
    (workspace / "mappings" / "shop.test.yaml").unlink()
    outcome = run()
    assert outcome.exit_codes == {CHECK: 0, TEST: 0}
    [annotation] = annotated(outcome)
    assert annotation.startswith(
        "::notice title=telemap::no tests in .: write tests of mappings/shop.yaml in mappings/shop.test.yaml"
    )
    assert run(tests="").exit_codes == {CHECK: 0}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"mappings": " \n"}, "the input 'mappings' is empty: specify mappings, directories or patterns."),
        ({"mappings": "mapings"}, "no such file: mapings"),
        ({"mappings": "100%"}, "no such file: 100%25"),
        ({"tests": "tets"}, "no such file: tets"),
    ],
)
def test_wrong_use_is_annotated(run: Run, inputs: dict[str, str], said: str) -> None:
    outcome = run(**inputs)
    assert max(outcome.exit_codes.values()) == 2
    assert annotated(outcome) == [f"::error title=telemap::{said}"]


def test_blanks_around_names_and_directories_of_patterns_do_no_harm(run: Run) -> None:
    assert run(mappings="  mappings  \n\tmap*\n", tests=" mappings\n").exit_codes == {CHECK: 0, TEST: 0}


def test_a_python_that_is_too_old_is_reported(action: CompositeAction, workspace: Path) -> None:
    outcome = action.run(workspace, {"python": "false"})
    assert outcome.exit_codes == {INSTALL: 1}
    [annotation] = annotated(outcome)
    assert "Python 3.11 or later: set the input 'python'" in annotation


def test_nothing_is_written_to_the_action_itself(
    first_run: Outcome, light_sources: Path, distributions: Distributions
) -> None:
    assert first_run.exit_codes[INSTALL] == 0
    with tarfile.open(distributions.sdist) as archive:
        given = {light_sources.parent / member.name for member in archive if member.isfile()}
    assert {path for path in light_sources.rglob("*") if path.is_file() and ".git" not in path.parts} == given
