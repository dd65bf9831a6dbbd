"""What docs/how-to/ci.md says: its shell snippet is run, its examples are held to the schemas of whom they are for."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from schema_checks import schema_problems
from servers.process import PROJECT
from tooling.projects import FAILING_TESTS, FAILURE, FAULT, FAULTY_MAPPING, write_project
from tooling.releases import installed_by, locked
from tooling.repositories import GIT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tooling.repositories import Repository

    RunSnippet = Callable[..., subprocess.CompletedProcess[str]]

PAGE = (PROJECT / "docs" / "how-to" / "ci.md").read_text()
EXAMPLES = dict(re.findall(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL))
VENDORS = sorted(name for name in EXAMPLES if name.startswith("vendor."))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder to all runs, for the first makes the environment in it."""
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture
def run_snippet(workspace: Path, light_machine: dict[str, str], repository: Repository) -> RunSnippet:
    """Return a function that writes the project and runs the snippet, with the files of this checkout as the commit."""

    def run(**project: str) -> subprocess.CompletedProcess[str]:
        write_project(workspace, **project)
        (workspace / "telemap-tests.xml").unlink(missing_ok=True)
        wanted = {"TELEMAP": str(repository.folder), "REVISION": repository.commit}
        return in_shell(workspace, light_machine | GIT | wanted)

    return run


def in_shell(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    script = folder / "telemap.sh"
    script.write_text(EXAMPLES["shell"])
    return subprocess.run(["sh", script], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def rows(heading: str) -> list[str]:
    """Return the first cells of the table under a heading of columns."""
    table = re.search(rf"^\| {heading} \|.*\n\| ---.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return re.findall(r"^\| `(\S+)`", table[1], re.MULTILINE) if table else []


def test_a_good_mapping_passes_and_its_results_are_written(run_snippet: RunSnippet, workspace: Path) -> None:
    finished = run_snippet()
    assert finished.returncode == 0, finished.stderr
    cases = ET.parse(workspace / "telemap-tests.xml").iter("testcase")  # noqa: S314 - our own
    assert [case.get("name") for case in cases] == ["an order is counted"]


def test_a_bad_mapping_fails_and_its_problem_is_shown(run_snippet: RunSnippet) -> None:
    finished = run_snippet(mapping=FAULTY_MAPPING)
    assert finished.returncode == 1
    assert f"mappings/shop.yaml:4:11: error: {FAULT}" in finished.stderr


def test_a_failing_test_fails_and_its_results_are_written(run_snippet: RunSnippet, workspace: Path) -> None:
    finished = run_snippet(tests=FAILING_TESTS)
    assert finished.returncode == 1
    assert FAILURE in finished.stdout
    failures = ET.parse(workspace / "telemap-tests.xml").iter("failure")  # noqa: S314 - our own
    assert len(list(failures)) == 1


def test_the_snippet_installs_what_is_locked(run_snippet: RunSnippet, workspace: Path) -> None:
    assert run_snippet().returncode == 0
    assert installed_by(workspace / ".telemap-checkout" / ".venv" / "bin" / "python") == locked("telemap", "build")


@pytest.mark.integration
def test_what_to_install_is_required(tmp_path: Path, light_machine: dict[str, str]) -> None:
    finished = in_shell(tmp_path, light_machine)
    assert finished.returncode != 0
    assert "TELEMAP: set it to the URL of telemap's repository" in finished.stderr
    finished = in_shell(tmp_path, light_machine | {"TELEMAP": str(tmp_path)})
    assert finished.returncode != 0
    assert "REVISION: set it to the tag or commit to run" in finished.stderr


@pytest.mark.parametrize("vendor", VENDORS)
def test_examples_are_valid_by_the_schema_of_whom_they_are_for(vendor: str, tmp_path: Path) -> None:
    example = tmp_path / "example.yaml"
    example.write_text(EXAMPLES[vendor])
    assert schema_problems(example, vendor) == ""


def test_the_workflow_that_compiles_is_valid(tmp_path: Path) -> None:
    example = tmp_path / "example.yaml"
    example.write_text(EXAMPLES["compile"])
    assert schema_problems(example, "vendor.github-workflows") == ""


def test_every_kind_of_example_is_found() -> None:
    assert VENDORS == ["vendor.buildkite", "vendor.github-workflows", "vendor.gitlab-ci"]
    assert len(EXAMPLES) == PAGE.count("<!-- example:")


@pytest.mark.integration
def test_the_example_for_pre_commit_is_valid_and_names_hooks_that_exist(tmp_path: Path) -> None:
    config = tmp_path / ".pre-commit-config.yaml"
    config.write_text(EXAMPLES[config.name])
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", config], check=True)
    [repository] = yaml.safe_load(config.read_text())["repos"]
    hooks = [hook["id"] for hook in yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())]
    assert [hook["id"] for hook in repository["hooks"]] == rows("hook") == hooks


def test_inputs_and_outputs_of_the_action_are_reported() -> None:
    action: dict[str, Any] = yaml.safe_load((PROJECT / "action.yml").read_text())
    assert rows("input") == list(action["inputs"])
    assert rows("output") == list(action["outputs"])
    [job] = yaml.safe_load(EXAMPLES["vendor.github-workflows"])["jobs"].values()
    assert set(job["steps"][-1]["with"]) <= set(action["inputs"])
