"""Collect what a release publishes, with a description of its dependencies and checksums."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import Any

LAYERS = ("telemap-layer-x86_64.zip", "telemap-layer-arm64.zip")
CHECKSUMS = "SHA256SUMS"
PAGE = "telemap/playground/page/"
"""Where the page of the playground is in the wheel."""


class ReleaseError(Exception):
    """The release cannot be put together; the message says why."""


def distributions(version: str) -> tuple[str, str]:
    """Return the file names of the wheel and the sdist."""
    return f"telemap-{version}-py3-none-any.whl", f"telemap-{version}.tar.gz"


def collect(project: Path, version: str) -> list[Path]:
    """Put what a release publishes into `dist/release`, which is emptied first.

    Args:
        project: the checkout; its `dist` must have the wheel, the sdist, both layers and the sweeper.
        version: the version to release.

    Returns:
        The files, the checksums of all others last.

    Raises:
        ReleaseError: something was not built, the wheel does not work, or it lacks the page of the playground.
    """
    built = [project / "dist" / name for name in (*distributions(version), *LAYERS, "telemap-sweeper.zip")]
    if missing := [path.name for path in built if not path.is_file()]:
        raise ReleaseError(f"dist/ lacks {', '.join(missing)}: run `make release`")
    folder = project / "dist" / "release"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    packages = _bundled_packages(built[0])
    files = [Path(shutil.copy(path, folder)) for path in built]
    files.append(folder / f"telemap-{version}.cdx.json")
    files[-1].write_text(_bill_of_materials(project, built[0], version, packages), encoding="utf-8")
    checksums = folder / CHECKSUMS
    checksums.write_text("".join(f"{_sha256(path)}  {path.name}\n" for path in files), encoding="utf-8")
    return [*files, checksums]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _bill_of_materials(project: Path, wheel: Path, version: str, bundled: list[dict[str, Any]]) -> str:
    """Return what the wheel installs with its locked dependencies, and what it contains, as CycloneDX JSON."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        python = f"{folder}/bin/python"
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "install", "--quiet"]
        locked = ["--require-hashes", "--only-binary", ":all:", "-r", str(project / "requirements" / "telemap.txt")]
        _run(project, *pip, "--no-compile", "--no-deps", *locked)
        _run(project, *pip, "--no-compile", "--no-deps", "--no-index", str(wheel))
        if _run(project, f"{folder}/bin/telemap", "--version").split() != ["telemap", version]:
            raise ReleaseError(f"{wheel.name} does not contain telemap {version}")
        described = ["environment", python, "--pyproject", "pyproject.toml", "--output-reproducible"]
        text = _run(project, sys.executable, "-W", "ignore", "-m", "cyclonedx_py", *described)
    bill = json.loads(text)
    bill["components"] += bundled
    bill["metadata"]["component"] |= {"version": version, "purl": f"pkg:pypi/telemap@{version}"}
    return json.dumps(bill, indent=2, sort_keys=True) + "\n"


def _bundled_packages(wheel: Path) -> list[dict[str, Any]]:
    """Return the packages of npm whose code is in the page of the playground, as components of CycloneDX.

    Raises:
        ReleaseError: the wheel has no page.
    """
    with zipfile.ZipFile(wheel) as files:
        if not {f"{PAGE}index.html", f"{PAGE}licences.txt", f"{PAGE}packages.json"} <= set(files.namelist()):
            raise ReleaseError(
                f"{wheel.name} lacks the page of the playground: install Node.js, and run `make release`"
            )
        packages = json.loads(files.read(f"{PAGE}packages.json"))
    return [
        {
            "type": "library",
            "bom-ref": f"npm:{package['name']}",
            "name": package["name"],
            "version": package["version"],
            "purl": f"pkg:npm/{package['name'].replace('@', '%40')}@{package['version']}",
            "licenses": [{"license": {"id": package["license"]}}],
        }
        for package in packages
    ]


def _run(project: Path, *command: str) -> str:
    """Run a command in the checkout, and return its output."""
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise ReleaseError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
