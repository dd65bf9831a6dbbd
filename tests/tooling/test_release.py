"""What a tag must have before it is released, and what `make release` puts together."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers.available import available
from servers.process import PROJECT
from tooling.installing import fetched_packages
from tooling.releases import locked, write_index

from telemap.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tooling.conftest import Distributions

    Release = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.integration

RELEASED = """# Changelog

## [Unreleased]

### Added

- What comes next.

## [{version}] - 2026-12-01

### Added

- Everything.

## [0.0.1] - 2026-01-01

- A beginning.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the files of this checkout that name telemap, as they are when it may be released."""
    for name in ("docs", "deploy", ".github"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path / name)
    (tmp_path / "engine" / "telemap").mkdir(parents=True)
    shutil.copy(PROJECT / "engine" / "telemap" / "version.py", tmp_path / "engine" / "telemap")
    (tmp_path / "CHANGELOG.md").write_text(RELEASED.format(version=VERSION))
    for path in (
        path for path in tmp_path.rglob("*") if path.is_file() and path.suffix in {".md", ".toml", ".yml", ""}
    ):
        text = re.sub(r"^`OWNER` stands for.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        path.write_text(re.sub(r"\bOWNER\b", "acme", text), encoding="utf-8")
    return tmp_path


@pytest.fixture
def release(project: Path) -> Release:
    """Return a function that runs a command of the release script in the project."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(PROJECT / ".ci" / "release" / "release.py"), *arguments]
        return subprocess.run(
            command, cwd=project, env=os.environ | environment, capture_output=True, text=True, check=False
        )

    return run


def problems(finished: subprocess.CompletedProcess[str]) -> list[str]:
    assert finished.returncode == bool(finished.stderr)
    return finished.stderr.splitlines()


def edit(path: Path, pattern: str, text: str) -> None:
    before = path.read_text(encoding="utf-8")
    after = re.sub(pattern, text, before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def test_a_tag_that_fits_may_be_released(release: Release) -> None:
    assert problems(release("check", f"v{VERSION}")) == []


@pytest.mark.parametrize("tag", ["v9.9.9", VERSION, f"v{VERSION}rc1"])
def test_the_tag_is_the_version(release: Release, tag: str) -> None:
    [said] = problems(release("check", tag))
    assert said.startswith(f"the tag is {tag}, but engine/telemap/version.py says {VERSION}")


@pytest.mark.parametrize(
    ("pattern", "text", "said"),
    [
        (rf"\[{VERSION}\]", "[9.9.9]", f"no section for version {VERSION}"),
        (r"\[0\.0\.1\]", f"[{VERSION}]", f"2 sections for version {VERSION}"),
        (r" - 2026-12-01", "", "has no date"),
        (r"2026-12-01", "soon", "has no date"),
        (r"### Added\n\n- Everything\.\n", "", "is empty"),
    ],
)
def test_the_changelog_has_a_dated_section(project: Path, release: Release, pattern: str, text: str, said: str) -> None:
    edit(project / "CHANGELOG.md", pattern, text)
    [line] = problems(release("check", f"v{VERSION}"))
    assert said in line


def test_the_notes_are_the_changelog_of_the_version_alone(release: Release) -> None:
    assert release("notes").stdout == "### Added\n\n- Everything.\n"


def test_nothing_is_released_under_a_placeholder(project: Path, release: Release) -> None:
    edit(project / "pyproject.toml", r"/acme/", "/OWNER/")
    assert release("names").returncode == 0
    said = problems(release("check", f"v{VERSION}"))
    assert {line.partition(":")[0] for line in said} >= {"pyproject.toml", "docs/how-to/install.md"}
    assert problems(release("check")) == [], "the samples agree"


def test_samples_of_this_checkout_name_what_pyproject_names() -> None:
    command = [sys.executable, ".ci/release/release.py", "check"]
    assert subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False).stderr == ""


def test_names_and_versions_are_written_into_every_sample(project: Path, release: Release) -> None:
    edit(project / "pyproject.toml", r"github\.com/acme", "github.com/another-owner")
    edit(project / "pyproject.toml", r"ghcr\.io/acme", "ghcr.io/another-owner")
    edit(project / "engine" / "telemap" / "version.py", re.escape(VERSION), "9.8.7")
    stale = {line.partition(":")[0] for line in problems(release("check"))}
    assert {"docs/how-to/ci.md", "docs/how-to/install.md", "docs/index.md", "deploy/image/Dockerfile"} <= stale
    assert set(release("names").stdout.split()) == stale
    assert problems(release("check")) == []
    for name in sorted(stale):
        text = (project / name).read_text(encoding="utf-8")
        assert "acme" not in text, name
        assert not re.search(rf"telemap(?:==|:|@v|-){re.escape(VERSION)}\b", text), name
    page = (project / "docs" / "how-to" / "ci.md").read_text(encoding="utf-8")
    for sample in ("uses: another-owner/telemap@v9.8.7", "rev: v9.8.7", "ghcr.io/another-owner/telemap:9.8.7"):
        assert sample in page
    assert "\nVersion 9.8.7 · " in (project / "docs" / "index.md").read_text(encoding="utf-8")


BUNDLED = [{"name": "@codemirror/view", "version": "6.43.15", "license": "MIT"}]


def add_page(wheel: Path) -> None:
    """Add a page of the playground to a wheel; it has one of its own only where there is Node.js."""
    page = "telemap/playground/page/"
    files = {"index.html": "<!doctype html>", "licences.txt": "MIT", "packages.json": json.dumps(BUNDLED)}
    with zipfile.ZipFile(wheel) as before:
        others = [name for name in before.infolist() if not name.filename.startswith(page)]
        contents = {one: before.read(one) for one in others}
    with zipfile.ZipFile(wheel, "w") as after:
        for one, content in contents.items():
            after.writestr(one, content)
        for name, text in files.items():
            after.writestr(f"{page}{name}", text)


@pytest.fixture(scope="module")
def collected(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what `make release` collects, of the wheel of this checkout and stand-ins for the archives for Lambda."""
    packages = available(fetched_packages)
    project = tmp_path_factory.mktemp("checkout")
    shutil.copytree(PROJECT / "requirements", project / "requirements")
    shutil.copytree(PROJECT / "engine", project / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", project)
    (project / "dist").mkdir()
    add_page(Path(shutil.copy(distributions.wheel, project / "dist")))
    shutil.copy(distributions.sdist, project / "dist")
    for name in ("layer-x86_64", "layer-arm64", "sweeper"):
        with zipfile.ZipFile(project / "dist" / f"telemap-{name}.zip", "w") as archive:
            archive.writestr("name", name)
    (project / "dist" / "telemap-0.0.1.tar.gz").touch()  # left over
    index = {"PIP_INDEX_URL": write_index(project / "index", packages), "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, str(PROJECT / ".ci" / "release" / "release.py"), "collect"]
    done = subprocess.run(command, cwd=project, env=os.environ | index, capture_output=True, text=True, check=False)
    if "No module named cyclonedx_py" in done.stderr:
        pytest.skip("requirements/release.txt is not installed; `make release` installs it")
    assert done.returncode == 0, done.stderr
    return project / "dist" / "release"


def test_a_release_has_exactly_these_files(collected: Path) -> None:
    assert {path.name for path in collected.iterdir()} == {
        f"telemap-{VERSION}-py3-none-any.whl",
        f"telemap-{VERSION}.tar.gz",
        f"telemap-{VERSION}.cdx.json",
        "telemap-layer-x86_64.zip",
        "telemap-layer-arm64.zip",
        "telemap-sweeper.zip",
        "SHA256SUMS",
    }


def test_the_checksums_are_those_of_all_other_files(collected: Path) -> None:
    sums = dict(line.split("  ")[::-1] for line in (collected / "SHA256SUMS").read_text().splitlines())
    files = {path.name: path for path in collected.iterdir() if path.name != "SHA256SUMS"}
    assert sums == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def test_the_bill_of_materials_names_what_is_locked_with_licences(collected: Path) -> None:
    bill = json.loads((collected / f"telemap-{VERSION}.cdx.json").read_text())
    root = bill["metadata"]["component"]
    assert (root["name"], root["version"], root["purl"]) == ("telemap", VERSION, f"pkg:pypi/telemap@{VERSION}")
    of_pypi = [one for one in bill["components"] if not one.get("purl", "").startswith("pkg:npm/")]
    named = {re.sub(r"[-_.]+", "-", one["name"]).lower(): one["version"] for one in of_pypi}
    assert named == locked("telemap")
    [bundled] = [one for one in bill["components"] if one not in of_pypi]
    assert (bundled["name"], bundled["purl"]) == ("@codemirror/view", "pkg:npm/%40codemirror/view@6.43.15")
    assert bundled["licenses"] == [{"license": {"id": "MIT"}}]
    assert [one["name"] for one in bill["components"] if not one.get("licenses")] == []
    [direct] = [one["dependsOn"] for one in bill["dependencies"] if one["ref"] == root["bom-ref"]]
    assert any(ref.startswith("boto3==") for ref in direct)


def test_a_wheel_without_the_playground_is_not_released(
    project: Path, release: Release, distributions: Distributions
) -> None:
    (project / "dist").mkdir()
    shutil.copytree(PROJECT / "requirements", project / "requirements")
    wheel = Path(shutil.copy(distributions.wheel, project / "dist"))
    add_page(wheel)
    with zipfile.ZipFile(wheel) as before:
        contents = {one: before.read(one) for one in before.infolist() if not one.filename.endswith("index.html")}
    with zipfile.ZipFile(wheel, "w") as after:
        for one, content in contents.items():
            after.writestr(one, content)
    for name in (
        distributions.sdist.name,
        *(f"telemap-{one}.zip" for one in ("layer-x86_64", "layer-arm64", "sweeper")),
    ):
        (project / "dist" / name).touch()
    done = release("collect")
    assert done.returncode == 1
    assert done.stderr == f"{wheel.name} lacks the page of the playground: install Node.js, and run `make release`\n"


def test_what_was_not_built_is_named(project: Path, release: Release) -> None:
    (project / "dist").mkdir()
    done = release("collect")
    assert done.returncode == 1
    assert done.stderr.startswith("dist/ lacks telemap-")
    assert "telemap-layer-arm64.zip" in done.stderr
    assert done.stderr.endswith("run `make release`\n")
