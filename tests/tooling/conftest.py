"""What is built once for all tests of a file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from servers.available import available
from sharing import shared_folder
from tooling.installing import STAND_INS, bare_environment, build, equip
from tooling.releases import accept
from tooling.repositories import GIT, Repository, commit, head


class Distributions(NamedTuple):
    """What a release consists of."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def distributions(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Build the sdist of this checkout, and from it the wheel."""
    folder = shared_folder(tmp_path_factory, "dist", build)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Distributions(wheel, sdist)


@pytest.fixture(scope="session")
def sources(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unpacked sdist: what a checkout of this project has, whether it is committed or not."""

    def unpack(folder: Path) -> None:
        # Not by tarfile: later Pythons want its argument `filter`, which Debian 12's Python does not know.
        subprocess.run(["tar", "-xf", distributions.sdist, "-C", folder], check=True)

    [unpacked] = shared_folder(tmp_path_factory, "sources", unpack).iterdir()
    return unpacked


@pytest.fixture(scope="session")
def light_machine(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the variables of a machine with Python and nothing of ours, whose index has the stand-ins."""
    folder = shared_folder(tmp_path_factory, "machine", lambda folder: available(lambda: equip(folder)))
    return bare_environment(folder)


@pytest.fixture(scope="session")
def repository(sources: Path, light_machine: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a git repository with the files of this checkout, whose locks accept the stand-ins."""

    def fill(folder: Path) -> None:
        copy: Path = shutil.copytree(sources, folder / sources.name)
        accept(Path(light_machine["HOME"]) / STAND_INS, copy / "requirements")
        commit(copy, light_machine | GIT)

    [copy] = shared_folder(tmp_path_factory, "light", fill).iterdir()
    return Repository(copy, head(copy, light_machine | GIT))


@pytest.fixture(scope="session")
def light_sources(repository: Repository) -> Path:
    """Return the folder of the repository."""
    return repository.folder
