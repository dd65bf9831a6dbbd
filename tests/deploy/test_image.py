"""The image of the command line: what its Dockerfile installs, and that it works for a user without privileges."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from deploy.dockerfile import Stage, build, instructions
from layers.building import PROJECT
from servers.available import available
from tooling.installing import build as build_distributions
from tooling.installing import fetched_packages
from tooling.releases import installed_by, locked, write_index

from telemap.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

DOCKERFILE = PROJECT / "deploy" / "image" / "Dockerfile"
pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the build context of a checkout after `make package`."""
    checkout = tmp_path_factory.mktemp("context")
    build_distributions(checkout / "dist", only="wheel")
    shutil.copytree(PROJECT / "requirements", checkout / "requirements")
    return checkout


@pytest.fixture(scope="module")
def image(context: Path, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return the last stage, built with the packages that `.ci/servers` has fetched."""
    index = write_index(tmp_path_factory.mktemp("index"), available(fetched_packages))
    machine = {"PIP_INDEX_URL": index, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_COMPILE": "1"}
    return build(DOCKERFILE, context, tmp_path_factory.mktemp("stages"), machine)["telemap"]


def run(image: Stage, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the entry point in a folder. Paths in programs name the stage in which they were made."""
    python = image.root.parent / "installed" / "opt" / "telemap" / "bin" / "python"
    command = [str(python), str(image.root / "opt/telemap/bin" / image.entrypoint[0]), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_it_runs_the_command_as_nobody(image: Stage) -> None:
    assert image.entrypoint == ["telemap"]
    assert image.command == ["--help"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", image.user), "a number, so that Kubernetes can tell that it is not root"
    assert image.directory == "/work"
    assert image.environment["PATH"].startswith("/opt/telemap/bin:")


def test_it_has_what_is_locked_and_no_installer(image: Stage) -> None:
    assert installed_by(image.root.parent / "installed/opt/telemap/bin/python") == locked("telemap")
    assert list((image.root / "opt/telemap").glob("lib/python*/site-packages/pip*")) == []


def test_dependencies_are_installed_by_hash_and_never_built(image: Stage) -> None:
    assert image.base.startswith("docker.io/library/python:")
    [locked_step] = [rest for word, rest in instructions(DOCKERFILE) if word == "RUN" and "telemap.txt" in rest]
    for option in ("--require-hashes", "--no-deps", "--only-binary :all:"):
        assert option in locked_step


def test_it_validates_a_mapping(image: Stage, tmp_path: Path) -> None:
    shutil.copy(PROJECT / "deploy/sam/example/mapping.yaml", tmp_path / "shop.yaml")
    assert run(image, "--version", folder=tmp_path).stdout == f"telemap {VERSION}\n"
    done = run(image, "validate", "--strict", "shop.yaml", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("shop.yaml: ok")


def test_copied_files_are_not_ignored() -> None:
    kept = set(
        re.findall(r"^!(.*)$", DOCKERFILE.with_suffix(".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    )
    copied = [rest.split()[:-1] for word, rest in instructions(DOCKERFILE) if word == "COPY" and "--from" not in rest]
    assert {name for names in copied for name in names} == kept
