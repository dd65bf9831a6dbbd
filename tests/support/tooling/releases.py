"""Packages for indexes of tests: wheels without code of any release; and what locks say of releases."""

from __future__ import annotations

import hashlib
import re
import subprocess
import zipfile
from importlib import metadata
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from servers.process import PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOCKS = sorted((PROJECT / "requirements").glob("*.txt"))
LATER = "9999"
"""A version that every package reaches after its lock was made."""

_PIN = re.compile(r"^(?P<name>[\w.-]+)(?:\[.*\])?==(?P<version>\S+).*\\$", re.MULTILINE)
_LIST = "from importlib import metadata; [print(one.name, one.version) for one in metadata.distributions()]"
_NOT_LOCKED = {"pip", "setuptools", "telemap"}


def locked(*names: str) -> dict[str, str]:
    """Return the versions that `requirements/NAME.txt` locks for this Python, by package."""
    texts = [(PROJECT / "requirements" / f"{name}.txt").read_text() for name in names]
    lines = [line for text in texts for line in re.sub(r"(\s|\\)+--hash=\S+", "", text).splitlines()]
    pins = [pin for line in lines if (pin := Requirement(line)).marker is None or pin.marker.evaluate()]
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}


def installed_by(python: Path) -> dict[str, str]:
    """Return the versions of what is installed for a Python, but for telemap and what comes with an environment."""
    listed = subprocess.run([python, "-I", "-c", _LIST], capture_output=True, text=True, check=True)
    versions = dict(line.split(" ") for line in listed.stdout.splitlines())
    return {canonicalize_name(name): version for name, version in versions.items() if name not in _NOT_LOCKED}


def write_later_releases(folder: Path) -> None:
    """Write a later release of every package that a lock names; it does not work, for it has no code."""
    for lock in LOCKS:
        for name in re.findall(r"^([\w.-]+)", lock.read_text(), re.MULTILINE):
            write_wheel(folder, name, LATER)


def write_wheel(folder: Path, name: str, version: str, files: Mapping[str, str] | None = None) -> None:
    """Write a wheel that needs what the installed release of the package needs, with no code but the given files."""
    described = f"{name.replace('-', '_')}-{version}"
    contents = dict(files or {}) | {
        f"{described}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{_needs(name)}",
        f"{described}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{described}.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{described}-py3-none-any.whl", "w") as archive:
        for path, text in contents.items():
            archive.writestr(path, text)


def accept(index: Path, locks: Path) -> None:
    """Let locks accept the files that an index has of what they pin."""

    def accepted(pin: re.Match[str]) -> str:
        wheel = index / f"{pin['name'].replace('-', '_')}-{pin['version']}-py3-none-any.whl"
        if not wheel.exists():  # it is for other Pythons
            return pin[0]
        return f"{pin[0]}\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()} \\"

    for lock in locks.iterdir():
        lock.write_text(_PIN.sub(accepted, lock.read_text()))


def _needs(name: str) -> str:
    try:
        described = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    fields = [(field, value) for field in ("Requires-Dist", "Provides-Extra") for value in described.get_all(field, [])]
    return "".join(f"{field}: {value}\n" for field, value in fields)


def write_index(folder: Path, *held: Path) -> str:
    """Make an index of the wheels in folders, as pip asks for one: a page for each package. The last of a name counts.

    Returns:
        Its address.
    """
    wheels = {wheel.name: wheel for wheels in held for wheel in wheels.glob("*.whl")}
    for wheel in wheels.values():
        page = folder / canonicalize_name(wheel.name.split("-")[0]) / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        with page.open("a") as links:
            links.write(f'<a href="{wheel.as_uri()}">{wheel.name}</a><br>\n')
    return folder.as_uri()
