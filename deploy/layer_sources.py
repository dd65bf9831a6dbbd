"""Get the layer's files: from the wheel of this checkout, and the locked wheels of its dependencies."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
_LOCK = CHECKOUT / "requirements" / "layer.txt"
_CACHE = CHECKOUT / ".cache"
_MANYLINUX = ("manylinux2014_x86_64", "manylinux_2_28_x86_64")
"""Platforms of the wheels, on any machine: PyYAML only has wheels with compiled modules, which the layer omits."""


class LayerBuildError(Exception):
    """The layer cannot be built; the message says why."""


def version_of(python: str) -> str:
    """Return a Python's version, such as `3.13`.

    Raises:
        LayerBuildError: the Python does not start, or is too old.
    """
    program = "import sys; print('%d.%d' % sys.version_info[:2]); sys.exit(sys.version_info < (3, 11))"
    try:
        asked = subprocess.run([python, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)  # noqa: S603 - chosen by the user
    except OSError as error:
        message = f"{python}: {error.strerror}"
        raise LayerBuildError(message) from error
    version = asked.stdout.strip()
    if asked.returncode:
        reason = f"is Python {version}, and telemap needs 3.11 or later" if version else asked.stderr.strip()
        message = f"{python}: {reason}"
        raise LayerBuildError(message)
    return version


def unpack_own_wheel(folder: Path) -> None:
    """Unpack the wheel of this checkout into a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        _run("-m", "hatchling", "build", "-t", "wheel", "-d", scratch)
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(folder)


def locked_packages(version: str) -> Path:
    """Return the folder with the locked packages, which is cached until the lock changes.

    Args:
        version: the version of Python.
    """
    key = hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:16]
    packages = _CACHE / f"layer-{version}-{key}"
    if not packages.is_dir():
        _CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as scratch:
            fetched = Path(scratch) / "packages"
            _fetch(fetched, version)
            fetched.rename(packages)
    return packages


def _fetch(folder: Path, version: str) -> None:
    """Install the locked wheels by hash, for Linux and any version of Python."""
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile", "--target", str(folder)]
    wheels = ["--only-binary", ":all:", "--python-version", version, "--implementation", "cp"]
    platforms = [f"--platform={platform}" for platform in _MANYLINUX]
    _run("-m", "pip", "install", *options, *wheels, *platforms, "--require-hashes", "-r", str(_LOCK))


def _run(*arguments: str) -> None:
    """Run a Python module in the checkout; show its output only if it fails."""
    done = subprocess.run([sys.executable, *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        message = f"{' '.join(arguments[:3])} failed:\n{done.stdout}{done.stderr}"
        raise LayerBuildError(message)
