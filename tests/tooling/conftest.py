"""What is built once for all tests of a file."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest
from servers.available import available
from sharing import shared_folder
from tooling.installing import bare_environment, build
from tooling.repositories import GIT, Repository, commit

if TYPE_CHECKING:
    from pathlib import Path


class Distributions(NamedTuple):
    """What a release consists of."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def bare_machine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the variables of a machine with Python and nothing of ours."""
    folder = tmp_path_factory.mktemp("machine")
    return available(lambda: bare_environment(folder))


@pytest.fixture(scope="session")
def distributions(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Build the sdist of this checkout, and from it the wheel."""
    folder = shared_folder(tmp_path_factory, "dist", build)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Distributions(wheel, sdist)


@pytest.fixture(scope="session")
def sources(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unpacked sdist: what a checkout of this project has, whether it is committed or not."""
    folder = tmp_path_factory.mktemp("sources")
    # Not by tarfile: later Pythons want its argument `filter`, which Debian 12's Python does not know.
    subprocess.run(["tar", "-xf", distributions.sdist, "-C", folder], check=True)
    [unpacked] = folder.iterdir()
    return unpacked


@pytest.fixture(scope="session")
def repository(sources: Path, bare_machine: dict[str, str]) -> Repository:
    """Return a git repository with the files of this checkout."""
    return Repository(sources, commit(sources, bare_machine | GIT))
