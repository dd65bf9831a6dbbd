"""What tests that install telemap need: Python alone, and packages without a network."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from servers.process import PROJECT, ServerError, ServerMissingError
from tooling.releases import locked, write_index, write_later_releases, write_wheel

STAND_INS = "stand-ins"
"""The folder of a machine with the releases without code."""

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


def equip(folder: Path) -> None:
    """Make a machine without anything of ours, whose pip takes what `.ci/servers` has fetched.

    Its index has later releases, too, which do not work. Of what telemap imports only to ask AWS, which takes long to
    install, it has the locked releases without code.

    Args:
        folder: an empty one, for the machine's home, `python3` and the index.

    Raises:
        ServerMissingError: packages were not fetched, or this Python cannot make environments.
    """
    packages = fetched_packages()
    require_ensurepip()
    later, stand_ins, pip = folder / "later", folder / STAND_INS, folder / "pip"
    for made in (later, stand_ins, folder / "bin"):
        made.mkdir()
    write_later_releases(later)
    for name in ("boto3", "botocore"):
        write_wheel(stand_ins, name, locked("telemap")[name])
    write_index(folder / "index", packages, later, stand_ins)
    _write_python(folder / "bin" / "python3", pip)


def bare_environment(folder: Path) -> dict[str, str]:
    """Return the variables of the machine that `equip` made in a folder."""
    return {
        "PATH": f"{folder / 'bin'}:{os.defpath}",
        "HOME": str(folder),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": (folder / "index").as_uri(),
        "PIP_NO_COMPILE": "1",  # hardly any of what is installed is run
        "PIP_NO_CACHE_DIR": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def _write_python(program: Path, pip: Path) -> None:
    """Write a `python3` whose `-m venv` copies a pip that is installed and compiled once.

    To install and compile pip anew takes as long as everything else that set-up does.
    """
    python = Path(sys.executable).resolve()
    subprocess.run([python, "-m", "venv", pip], check=True)
    [packages] = pip.glob("lib/python*/site-packages")
    program.write_text(_PYTHON.format(python=python, packages=packages, below=packages.relative_to(pip)))
    program.chmod(0o755)


_PYTHON = """\
#!/bin/sh
set -e
[ "$1 $2" = "-m venv" ] || exec {python} "$@"
for folder; do :; done
{python} "$@" --without-pip
cp -a {packages}/. "$folder/{below}"
"""


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
