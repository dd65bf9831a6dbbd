"""The lock of the layer's Python: `requirements/runtime.lock`, which names Debian packages.

Its first lines name the suite and the moment at which the packages were its newest; each other line, a package: its
name, version, architecture, path below Debian's host (the archive's name first), and SHA-256. No line names a host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interpreter.processors import PROCESSORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PACKAGES = {
    "bookworm": (
        "python3.11-minimal",
        "libpython3.11-minimal",
        "libpython3.11-stdlib",
        "libc6",
        "libssl3",
        "libexpat1",
        "zlib1g",
        "libgcc-s1",
        "gcc-12-base",  # the licence of libgcc-s1
    ),
    "trixie": (
        "python3.13-minimal",
        "libpython3.13-minimal",
        "libpython3.13-stdlib",
        "libc6",
        "libssl3t64",
        "libexpat1",
        "zlib1g",
        "libzstd1",
        "libgcc-s1",
        "gcc-14-base",
    ),
}
"""The packages that Python is made of, by Debian's suite."""

_HEAD = "# Debian's packages of the layer's Python. `make lock` writes this file; see deploy/interpreter/lock.py.\n"
_LINE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9+.-]+) (?P<version>[0-9][\w.+:~-]*) (?P<architecture>[a-z0-9]+)"
    r" (?P<path>debian(?:-security)?/pool/[\w.+~%/-]+\.deb) sha256:(?P<sha256>[0-9a-f]{64})"
)
_SUITE = re.compile(r"suite ([a-z]+)")
_MOMENT = re.compile(r"newest at (\d{8}T\d{6}Z)")


class LockError(Exception):
    """The lock is not one; the message names the line."""


@dataclass(frozen=True, order=True)
class Package:
    """A Debian package.

    Attributes:
        name: such as `libc6`.
        version: with epoch and revision.
        architecture: Debian's name of the processor.
        path: below Debian's host; begins with the archive's name, `debian` or `debian-security`.
        sha256: of the file, in hexadecimal digits.
    """

    name: str
    version: str
    architecture: str
    path: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} {self.architecture} {self.path} sha256:{self.sha256}"


@dataclass(frozen=True)
class Lock:
    """A lock.

    Attributes:
        suite: Debian's name of the release.
        moment: when the packages were its newest, in UTC, as Debian's snapshot archive writes it.
        packages: each package for each processor, in order.
    """

    suite: str
    moment: str
    packages: tuple[Package, ...]

    @property
    def python(self) -> str:
        """Return the version of Python, such as `3.11`."""
        return next(name for name in PACKAGES[self.suite] if name.startswith("python")).split("-")[0][len("python") :]


def read_lock(path: Path) -> Lock:
    """Read a lock.

    Raises:
        LockError: the file is no lock, or does not have each package once for each processor.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LockError(f"{path.name}: {error.strerror}") from error
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line and not line.startswith("#")]
    suite = _head(path, numbered[:1], _SUITE, "suite NAME")
    if suite not in PACKAGES:
        raise LockError(f"{path.name}: suite {suite} is not one of {', '.join(PACKAGES)}")
    moment = _head(path, numbered[1:2], _MOMENT, "newest at YYYYMMDDTHHMMSSZ")
    lock = Lock(suite, moment, tuple(_packages(path, numbered[2:])))
    wanted = sorted((name, one.debian) for name in PACKAGES[suite] for one in PROCESSORS)
    if sorted((one.name, one.architecture) for one in lock.packages) != wanted:
        raise LockError(f"{path.name}: it does not have each package of Python in {suite} once for each processor")
    return lock


def write_lock(path: Path, suite: str, moment: str, packages: Iterable[Package]) -> None:
    """Write a lock, in order of names, architectures and versions."""
    lines = [f"suite {suite}", f"newest at {moment}", *map(str, sorted(packages))]
    path.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def _head(path: Path, lines: list[tuple[int, str]], pattern: re.Pattern[str], wanted: str) -> str:
    for number, line in lines:
        if found := pattern.fullmatch(line):
            return found[1]
        raise LockError(f"{path.name}:{number}: expected `{wanted}`: {line}")
    raise LockError(f"{path.name}: it ends before `{wanted}`")


def _packages(path: Path, lines: list[tuple[int, str]]) -> Iterator[Package]:
    for number, line in lines:
        found = _LINE.fullmatch(line)
        if not found:
            message = f"{path.name}:{number}: expected `NAME VERSION ARCHITECTURE PATH sha256:HASH`: {line}"
            raise LockError(message)
        yield Package(**found.groupdict())
