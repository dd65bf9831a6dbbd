"""What tests that install telemap need: Python alone, and packages without a network."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from servers.process import PROJECT, ServerError, ServerMissingError
from tooling.releases import locked, write_index, write_later_releases, write_wheel

_PACKAGES = PROJECT / ".cache" / "packages"


def fetched_packages() -> Path:
    """Return the folder with the packages that `.ci/servers` fetches.

    Raises:
        ServerMissingError: they were not fetched.
    """
    if not (_PACKAGES / "stamp").exists():
        raise ServerMissingError(f"there is no {_PACKAGES.relative_to(PROJECT)}")
    return _PACKAGES


def require_ensurepip() -> None:
    """Check that `python3 -m venv` works.

    Raises:
        ServerMissingError: this Python cannot make environments with pip.
    """
    if importlib.util.find_spec("ensurepip") is None:
        raise ServerMissingError("this Python has no ensurepip")


def write_stand_ins(folder: Path) -> None:
    """Write the locked releases of what telemap imports only to ask AWS, without code: they take long to install."""
    for name in ("boto3", "botocore"):
        write_wheel(folder, name, locked("telemap")[name])


def bare_environment(folder: Path, *stand_ins: Path) -> dict[str, str]:
    """Return the variables of a machine without anything of ours, whose pip takes what `.ci/servers` has fetched.

    Its index has later releases, too, which do not work.

    Args:
        folder: an empty one, for the machine's home and for `python3`.
        stand_ins: folders with wheels that its index has in place of those that were fetched.

    Raises:
        ServerMissingError: packages were not fetched, or this Python cannot make environments.
    """
    packages = fetched_packages()
    require_ensurepip()
    programs = folder / "bin"
    programs.mkdir()
    (programs / "python3").symlink_to(Path(sys.executable).resolve())
    later = folder / "later"
    later.mkdir()
    write_later_releases(later)
    return {
        "PATH": f"{programs}:{os.defpath}",
        "HOME": str(folder),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": write_index(folder / "index", packages, later, *stand_ins),
        "PIP_NO_COMPILE": "1",  # boto3 takes seconds, and hardly any of it is run
        "PIP_NO_CACHE_DIR": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def build(folder: Path, *, checkout: Path = PROJECT, only: str | None = None) -> None:
    """Build wheel and sdist as `make package` does: by the hatchling of requirements/dev.txt, without a network.

    Args:
        folder: where they go.
        checkout: what to build them of.
        only: `wheel` or `sdist`; the wheel is built from the sdist when not given.

    Raises:
        ServerError: they cannot be built.
    """
    options = [f"--{only}"] if only else []
    command = [sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", str(folder), str(checkout)]
    finished = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if finished.returncode:
        raise ServerError(f"{command} failed:\n{finished.stdout}{finished.stderr}")
