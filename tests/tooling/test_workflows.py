"""The workflows of this repository: valid, pinned, and without permissions or secrets that they do not need."""

from __future__ import annotations

import re
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from schema_checks import schema_problems
from servers.available import available
from servers.process import PROJECT
from tooling.actionlint import lint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GITHUB = PROJECT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
SCHEMAS = (
    *((path, "workflows") for path in WORKFLOWS),
    *((path, "issue-forms") for path in FORMS),
    (GITHUB / "ISSUE_TEMPLATE" / "config.yml", "issue-config"),
)
DEBIANS = {"debian:12": "3.11", "debian:13": "3.13"}
"""The Python of each Debian."""


def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


CI, RELEASE = (read(GITHUB / "workflows" / f"{name}.yml") for name in ("ci", "release"))


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", ())


@pytest.mark.parametrize(("path", "schema"), SCHEMAS, ids=lambda value: getattr(value, "name", value))
def test_each_file_fits_githubs_schema(path: Path, schema: str) -> None:
    assert schema_problems(path, f"vendor.github-{schema}") == ""


def test_the_configuration_of_dependabot_fits_its_schema() -> None:
    assert schema_problems(GITHUB / "dependabot.yml", "vendor.dependabot") == ""


@pytest.mark.integration
def test_actionlint_reports_nothing() -> None:
    assert available(lambda: lint(WORKFLOWS)) == []


@pytest.mark.integration
def test_actionlint_would_report_a_misspelt_context(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    text = WORKFLOWS[-1].read_text(encoding="utf-8")
    broken.write_text(text.replace("github.ref_name", "github.refname", 1))
    [said] = available(lambda: lint([broken]))
    assert "refname" in said


@pytest.mark.integration
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_each_script_is_valid_for_its_shell(path: Path) -> None:
    for step in steps(read(path)):
        if script := step.get("run"):
            checked = subprocess.run(["bash", "-n", "-c", script], capture_output=True, text=True, check=False)
            assert checked.stderr == "", script


def test_no_script_contains_an_expression() -> None:
    scripts = [step["run"] for path in WORKFLOWS for step in steps(read(path)) if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_actions_are_pinned_by_commit_with_their_version() -> None:
    for path in WORKFLOWS:
        used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
        remote = [one for one in used if not one.startswith("./")]
        assert [one for one in remote if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


def test_one_action_has_one_version() -> None:
    used = {step["uses"] for path in WORKFLOWS for step in steps(read(path)) if "uses" in step}
    names = [one.partition("@")[0] for one in used]
    assert sorted(set(names)) == sorted(names)


def test_checkouts_leave_no_token_behind() -> None:
    checkouts = [step for path in WORKFLOWS for step in steps(read(path)) if "/checkout@" in step.get("uses", "")]
    assert checkouts
    assert {step["with"]["persist-credentials"] for step in checkouts} == {False}


def test_permissions_are_the_least() -> None:
    assert CI["permissions"] == {"contents": "read"}
    assert RELEASE["permissions"] == {}
    assert {name: job["permissions"] for name, job in RELEASE["jobs"].items()} == {
        "check": {"contents": "read"},
        "ci": {"contents": "read"},
        "attest": {"attestations": "write", "id-token": "write"},
        "image": {"contents": "read", "packages": "write"},
        "index": {"id-token": "write"},
        "github": {"contents": "write"},
    }


def test_the_only_secret_is_the_runs_own_token() -> None:
    named = {name for path in WORKFLOWS for name in re.findall(r"secrets\.(\w+)", path.read_text(encoding="utf-8"))}
    assert named == {"GITHUB_TOKEN"}


def test_nothing_is_published_before_everything_is_checked_and_tested() -> None:
    needs = {name: job.get("needs", []) for name, job in RELEASE["jobs"].items()}

    def before(job: str) -> set[str]:
        direct = needs[job] if isinstance(needs[job], list) else [needs[job]]
        return {*direct, *(earlier for one in direct for earlier in before(one))}

    assert all({"check", "ci"} <= before(job) for job in ("attest", "image", "index", "github"))
    assert {"image", "index"} <= before("github")


def test_each_supported_python_and_both_debians_are_tested() -> None:
    images = CI["jobs"]["test"]["strategy"]["matrix"]["image"]
    tested = {DEBIANS.get(image) or re.findall(r"python:(3\.\d+)-", image)[0] for image in images}
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = {found[1] for one in declared["classifiers"] if (found := re.search(r":: (3\.\d+)$", one))}
    assert tested == told
    assert set(DEBIANS) <= set(images)
    assert declared["requires-python"] == f">={min(told, key=lambda version: int(version[2:]))}"


def test_ci_runs_what_developers_run() -> None:
    scripts = "\n".join(step.get("run", "") for step in steps(CI))
    targets = re.findall(r"^make ([a-z-]+)", scripts, re.MULTILINE)
    assert ".ci/run" in scripts
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
    assert {"docs", "release"} <= set(targets)


def test_the_index_gets_only_what_it_takes() -> None:
    moved, published = [step for step in RELEASE["jobs"]["index"]["steps"] if "download" not in step.get("uses", "")]
    assert "mv release/*.whl release/*.tar.gz dist" in moved["run"]
    assert published["with"] == {"packages-dir": "dist"}
    assert RELEASE["jobs"]["index"]["environment"] == "pypi"


def test_dependabot_watches_every_dockerfile() -> None:
    [docker] = [one for one in read(GITHUB / "dependabot.yml")["updates"] if one["package-ecosystem"] == "docker"]
    folders = {f"/{path.parent.relative_to(PROJECT)}" for path in PROJECT.glob("deploy/**/Dockerfile")}
    assert set(docker["directories"]) == folders
