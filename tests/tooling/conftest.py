"""What is built once for all tests of a file."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest
from servers.available import available
from sharing import shared_folder
from tooling.installing import bare_environment, build, write_stand_ins
from tooling.releases import accept
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
def stand_ins(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with wheels that take the place of those that take long to install."""
    folder = tmp_path_factory.mktemp("stand-ins")
    write_stand_ins(folder)
    return folder


@pytest.fixture(scope="session")
def light_machine(stand_ins: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the variables of a bare machine whose index has the stand-ins."""
    folder = tmp_path_factory.mktemp("machine")
    return available(lambda: bare_environment(folder, stand_ins))


@pytest.fixture(scope="session")
def light_sources(sources: Path, stand_ins: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sources whose locks accept the stand-ins."""
    copy: Path = shutil.copytree(sources, tmp_path_factory.mktemp("light") / sources.name)
    accept(stand_ins, copy / "requirements")
    return copy


@pytest.fixture(scope="session")
def repository(light_sources: Path, light_machine: dict[str, str]) -> Repository:
    """Return a git repository with the files of this checkout, for the light machine."""
    return Repository(light_sources, commit(light_sources, light_machine | GIT))
