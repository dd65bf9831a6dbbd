"""Set-up installs what is locked, whatever else an index has, by the oldest pip that it must work with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
import zipfile
from importlib import metadata
from typing import TYPE_CHECKING, NamedTuple

import pytest
from servers.available import available
from servers.process import PROJECT
from tooling.installing import fetched_packages, require_ensurepip
from tooling.releases import LOCKS, accept, installed_by, locked, write_index, write_later_releases, write_wheel

if TYPE_CHECKING:
    from pathlib import Path

EMULATOR = {f"samcli/local/rapid/aws-lambda-rie-{machine}": "of the locked release" for machine in ("x86_64", "arm64")}
OF_PYTEST = ("coverage[", "iniconfig", "packaging", "pluggy", "pygments", "pytest==", "pytest-cov==")


class Checkout(NamedTuple):
    """A copy of this checkout, on a machine whose index has later releases, too.

    Attributes:
        folder: where it is.
        environment: the variables of the machine.
    """

    folder: Path
    environment: dict[str, str]

    @property
    def python(self) -> Path:
        """Return the Python that set-up installs for."""
        return self.folder / ".venv" / "bin" / "python"

    def run(self, *command: str | Path, folder: str = ".") -> subprocess.CompletedProcess[str]:
        """Run a command in a folder of the copy."""
        return subprocess.run(
            command, cwd=self.folder / folder, env=self.environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def checkout(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Return a copy of this checkout with an environment of the oldest pip, and an index in a folder."""
    packages = available(fetched_packages)
    machine, index = tmp_path_factory.mktemp("machine"), tmp_path_factory.mktemp("index")
    fill(index, packages)
    copy = Checkout(
        shutil.copytree(sources, machine / "telemap"),
        {
            "PATH": f"{machine}:{os.defpath}",
            "HOME": str(machine),
            "CI": "true",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": write_index(index / "simple", index),
            "PIP_NO_COMPILE": "1",
            "PIP_NO_CACHE_DIR": "1",
        },
    )
    accept(index, copy.folder / "requirements")
    make_environment(copy, packages)
    return copy


def fill(index: Path, packages: Path) -> None:
    """Put into an index what the locks name, and later releases.

    What builds telemap is real. Others have no code, and need what the real ones need: pip installs them in seconds.
    """
    write_later_releases(index)
    for name, version in locked(*(lock.stem for lock in LOCKS)).items():
        write_wheel(index, name, version, EMULATOR if name == "aws-sam-cli" else None)
    for name in locked("build", "oldest-pip"):
        for wheel in packages.glob(f"{name.replace('-', '_')}-*.whl"):
            shutil.copy(wheel, index)


def make_environment(checkout: Checkout, packages: Path) -> None:
    """Make the environment of a checkout with the oldest pip; with their own for Pythons on which that does not run."""
    if not locked("oldest-pip"):
        available(require_ensurepip)
        venv.create(checkout.folder / ".venv", symlinks=True, with_pip=True)
        return
    venv.create(checkout.folder / ".venv", symlinks=True)
    [pip] = packages.glob("pip-*.whl")
    [site] = (checkout.folder / ".venv").glob("lib/python*/site-packages")
    with zipfile.ZipFile(pip) as wheel:  # to have pip install itself takes seconds
        wheel.extractall(site)


def test_the_pip_is_the_oldest(checkout: Checkout) -> None:
    finished = checkout.run(checkout.python, "-m", "pip", "--version")
    for version in locked("oldest-pip").values():
        assert finished.stdout.startswith(f"pip {version} from {checkout.folder}")


def test_set_up_installs_what_is_locked(checkout: Checkout) -> None:
    for names in (("telemap", "build"), ("dev",)):
        finished = checkout.run(".ci/venv", *names)
        assert finished.returncode == 0, finished.stderr
        assert installed_by(checkout.python) == locked(*names)


def test_what_is_fetched_for_tests_is_what_is_locked(checkout: Checkout) -> None:
    finished = checkout.run(".ci/servers", "emulator", "packages")
    assert finished.returncode == 0, finished.stderr
    wheels = [wheel.name.split("-") for wheel in (checkout.folder / ".cache" / "packages").glob("*.whl")]
    assert {name.replace("_", "-"): version for name, version, *_ in wheels} == locked("telemap", "build", "oldest-pip")
    assert (checkout.folder / ".cache" / "aws-lambda-rie").read_text() == "of the locked release"


@pytest.mark.parametrize("version", ["3.11", "3.14"])
def test_a_layer_has_what_is_locked(checkout: Checkout, version: str) -> None:
    program = f"from layer_sources import locked_packages; print(locked_packages({version!r}))"
    finished = checkout.run(checkout.python, "-c", program, folder="deploy")
    assert finished.returncode == 0, finished.stderr
    fetched = metadata.distributions(path=[finished.stdout.strip()])
    assert {one.name: one.version for one in fetched} == locked("layer")


def test_the_packages_of_a_layer_are_the_same_for_every_python() -> None:
    # pip would ask the Python that builds, not the one that the layer is for.
    assert ";" not in (PROJECT / "requirements" / "layer.txt").read_text()


@pytest.mark.skipif(not locked("oldest-pip"), reason="the pip of this Python is too new to fail")
def test_this_index_breaks_a_set_up_that_resolves(checkout: Checkout, tmp_path: Path) -> None:
    pins = re.split(r"\n(?! )", (checkout.folder / "requirements" / "dev.txt").read_text())
    lock = tmp_path / "dev.txt"
    lock.write_text("\n".join(pin for pin in pins if pin.startswith(OF_PYTEST)).replace("coverage[toml]", "coverage"))
    pip = (checkout.python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--require-hashes", "-r", lock)
    finished = checkout.run(*pip)
    assert finished.returncode == 1
    assert "must have their versions pinned with ==. These do not:\n    coverage[toml]>=" in finished.stderr
    assert checkout.run(*pip, "--no-deps").returncode == 0
