"""Build the real layer, and unzip it as Lambda does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

PROJECT = Path(__file__).parents[3]
_BUILT_FROM = ("deploy", "engine", "extensions", "mappings", "requirements", "schema")
_DESCRIBED_BY = ("pyproject.toml", "README.md", "LICENSE", ".gitignore")


def build_layers(
    folder: Path, *options: str, checkout: Path = PROJECT, scratch: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Build layers as `make layer` does; where Debian no longer has the locked packages, from its newest.

    Args:
        folder: where to write them.
        options: the builder's: `--arch` or `--python`. Without, it builds one with Python for each processor.
        checkout: where the project lies.
        scratch: the folder for temporary files; the system's when not given.
    """
    command = [sys.executable, str(checkout / "deploy" / "build_layer.py"), "--newest-if-gone", *options, str(folder)]
    environment = {**os.environ, **({"TMPDIR": str(scratch)} if scratch else {})}
    return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)


def build_thin_layer(
    folder: Path, *, checkout: Path = PROJECT, python: str = sys.executable, scratch: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Build the layer without a Python of its own, `telemap-layer.zip`, for a Python."""
    return build_layers(folder, "--python", python, checkout=checkout, scratch=scratch)


def unzipped(archive: Path, folder: Path) -> Path:
    """Unzip a layer with the modes of its files, and return the folder."""
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            Path(packed.extract(entry, folder)).chmod(entry.external_attr >> 16 & 0o777)
    folder.chmod(0o755)  # for the users of managed instances
    return folder


def copy_checkout(source: Path, target: Path) -> None:
    """Copy what a layer is built from. The packages that were fetched are shared."""
    target.mkdir(parents=True)
    for name in _BUILT_FROM:
        shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _DESCRIBED_BY:
        shutil.copyfile(source / name, target / name)
    (target / ".cache").symlink_to(PROJECT / ".cache")
