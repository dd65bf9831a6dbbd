"""The hooks of .pre-commit-hooks.yaml, installed and run by the real pre-commit."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from servers.process import PROJECT
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
from tooling.repositories import GIT, commit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tooling.repositories import Repository

    Hooks = Callable[..., subprocess.CompletedProcess[str]]

MANIFEST = PROJECT / ".pre-commit-hooks.yaml"


@pytest.fixture(scope="module")
def machine(light_machine: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the variables of a machine whose pre-commit keeps its environments in a folder of the tests."""
    return (
        light_machine
        | GIT
        | {
            "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
            "NO_COLOR": "1",
            "VIRTUALENV_NO_PERIODIC_UPDATE": "1",  # it would ask an index for newer pips, in the background
        }
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a user's project with a good mapping, and its tests."""
    return write_project(tmp_path / "shop")


@pytest.fixture
def run_hooks(project: Path, repository: Repository, machine: dict[str, str]) -> Hooks:
    """Return a function that commits the project, and runs the hooks on all its files."""

    def run(*, arguments: tuple[str, ...] = ("--all-files",), **options: object) -> subprocess.CompletedProcess[str]:
        hooks = [{"id": "telemap-validate"} | options, {"id": "telemap-test"}]
        config = {"repos": [{"repo": str(repository.folder), "rev": repository.commit, "hooks": hooks}]}
        (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
        commit(project, machine)
        command = [sys.executable, "-m", "pre_commit", "run", "--color=never", *arguments]
        return subprocess.run(command, cwd=project, env=machine, capture_output=True, text=True, check=False)

    return run


def outcomes(finished: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return what each hook came to: Passed, Failed or Skipped."""
    return dict(re.findall(r"^(telemap \w+)\.+(?:\(.*?\))?(\w+)$", finished.stdout, re.MULTILINE))


@pytest.mark.integration
def test_pre_commit_accepts_the_manifest() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)]
    assert subprocess.run(command, check=False).returncode == 0


def test_a_good_mapping_passes(run_hooks: Hooks) -> None:
    finished = run_hooks()
    assert outcomes(finished) == {"telemap validate": "Passed", "telemap test": "Passed"}, finished.stdout
    assert finished.returncode == 0


def test_both_hooks_share_one_environment(run_hooks: Hooks, machine: dict[str, str]) -> None:
    assert run_hooks().returncode == 0
    assert len(list(Path(machine["PRE_COMMIT_HOME"]).glob("repo*/py_env*"))) == 1


def test_hooks_run_on_what_is_locked(run_hooks: Hooks, machine: dict[str, str]) -> None:
    assert run_hooks().returncode == 0
    [python] = Path(machine["PRE_COMMIT_HOME"]).glob("repo*/py_env*/bin/python")
    assert installed_by(python) == locked("telemap")


def test_a_bad_mapping_fails_with_its_problem(run_hooks: Hooks, project: Path) -> None:
    write_project(project, mapping=FAULTY_MAPPING)
    finished = run_hooks()
    assert outcomes(finished)["telemap validate"] == "Failed"
    assert f"mappings/shop.yaml:4:11: error: {FAULT}" in finished.stdout


def test_a_failing_test_fails_with_what_it_got(run_hooks: Hooks, project: Path) -> None:
    write_project(project, tests=FAILING_TESTS)
    finished = run_hooks()
    assert outcomes(finished) == {"telemap validate": "Passed", "telemap test": "Failed"}, finished.stdout
    assert f"mappings/shop.test.yaml:8:9: {FAILURE}" in finished.stdout


def test_warnings_fail_when_the_project_wants_it(run_hooks: Hooks, project: Path) -> None:
    write_project(project, mapping=DOUBTFUL_MAPPING)
    assert run_hooks().returncode == 0
    finished = run_hooks(args=["--strict", "mappings"])
    assert outcomes(finished)["telemap validate"] == "Failed"
    assert DOUBT in finished.stdout


def test_mappings_elsewhere_are_checked_where_the_project_says_so(run_hooks: Hooks, project: Path) -> None:
    (project / "telemetry").mkdir()
    (project / "telemetry" / "shop.yaml").write_text(FAULTY_MAPPING)
    assert run_hooks().returncode == 0
    assert outcomes(run_hooks(files="^telemetry/", args=["telemetry"]))["telemap validate"] == "Failed"


def test_a_change_of_the_mapping_alone_runs_its_tests(run_hooks: Hooks) -> None:
    finished = run_hooks(arguments=("--files", "mappings/shop.yaml"))
    assert outcomes(finished) == {"telemap validate": "Passed", "telemap test": "Passed"}


def test_a_change_of_one_file_checks_those_that_include_it(run_hooks: Hooks, project: Path) -> None:
    (project / "mappings" / "base.yaml").write_text(MAPPING)
    (project / "mappings" / "shop.yaml").write_text("version: 1\ninclude: [base.yaml]\nmetrics: {shop_orders: null}\n")
    finished = run_hooks(arguments=("--files", "mappings/base.yaml"))
    assert outcomes(finished)["telemap validate"] == "Failed"
    assert "mappings/shop.yaml:3:11: error: " in finished.stdout


def test_mappings_in_folders_of_several_services_are_found(run_hooks: Hooks, project: Path) -> None:
    write_project(project / "services" / "billing", mapping=FAULTY_MAPPING)
    finished = run_hooks(arguments=("--files", "mappings/shop.yaml"))
    assert "services/billing/mappings/shop.yaml:4:11" in finished.stdout


def test_a_first_mapping_without_tests_can_be_committed(run_hooks: Hooks, project: Path) -> None:
    (project / "mappings" / "shop.test.yaml").unlink()
    finished = run_hooks()
    assert outcomes(finished) == {"telemap validate": "Passed", "telemap test": "Passed"}, finished.stdout


def test_a_change_of_no_mapping_runs_no_hook(run_hooks: Hooks) -> None:
    finished = run_hooks(arguments=("--files", "compose.yaml"))
    assert outcomes(finished) == {"telemap validate": "Skipped", "telemap test": "Skipped"}
