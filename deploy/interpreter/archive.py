"""Get the locked Debian packages: from the cache, from Debian's pool, or from its snapshot archive.

The pool keeps only the newest version of each package; the snapshot archive keeps all. Whoever allows it gets the
newest of the suite where neither has a locked package: a machine without a way to the snapshot archive can still build.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from interpreter import apt
from interpreter.apt import AptError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interpreter.lock import Lock, Package

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "debian-packages"
"""Where packages are kept, by hash."""

_SNAPSHOTS = "https://snapshot.debian.org/archive"
_MOMENT = "%Y%m%dT%H%M%SZ"
_UNTIL_KEPT = timedelta(hours=12)
"""How long after a package appeared the snapshot archive surely has it; it keeps states, some hours apart."""

_TIMEOUT_SECONDS = 60.0


class FetchError(Exception):
    """A package cannot be had; the message says what to do."""


class DebianPackages:
    """The packages of a lock, as files.

    Args:
        lock: names them.
        cache: the folder that keeps them, by hash.
        newest_if_gone: whether to use the newest of the suite if Debian has none of the locked ones any more.

    Attributes:
        packages: what there is, for each processor.
    """

    def __init__(self, lock: Lock, cache: Path, *, newest_if_gone: bool) -> None:
        self._cache = cache
        self._moment = (datetime.strptime(lock.moment, _MOMENT) + _UNTIL_KEPT).strftime(_MOMENT)  # noqa: DTZ007 - UTC
        self._is_reachable = True
        self.packages: Sequence[Package] = lock.packages
        try:
            self._fetch_all()
        except FetchError as error:
            if not newest_if_gone:
                raise
            try:
                self.packages = apt.newest(lock.suite)
            except AptError as reason:
                raise FetchError(f"{error}; and the newest of {lock.suite}: {reason}") from reason
            print(f"telemap: {error}: this build has the newest of {lock.suite} instead", file=sys.stderr)
            self._fetch_all()

    def files(self, architecture: str) -> list[Path]:
        """Return the files of the packages for an architecture, by Debian's name."""
        return [self._file(package) for package in self.of(architecture)]

    def of(self, architecture: str) -> list[Package]:
        """Return the packages for an architecture, by Debian's name."""
        return [package for package in self.packages if package.architecture == architecture]

    def _file(self, package: Package) -> Path:
        return self._cache / f"{package.sha256}.deb"

    def _fetch_all(self) -> None:
        self._cache.mkdir(parents=True, exist_ok=True)
        for package in self.packages:
            if not self._file(package).exists():
                self._fetch(package)

    def _fetch(self, package: Package) -> None:
        """Fetch a package.

        Raises:
            FetchError: neither the pool nor the snapshot archive has it.
        """
        archive, _, path = package.path.partition("/")
        reasons = []
        for address in (f"{apt.archive_address(archive)}/{quote(path)}", self._snapshot(archive, path)):
            if address:
                try:
                    _download(address, self._file(package), package.sha256)
                except (AptError, OSError) as error:
                    reasons.append(str(error).splitlines()[-1])
                else:
                    return
        self._is_reachable = False
        what = f"{package.name} {package.version} ({package.architecture}) of requirements/runtime.lock"
        advice = "run `make lock` for its newest"
        raise FetchError(f"Debian no longer has {what}, or is not reachable ({advice}): {'; '.join(reasons)}")

    def _snapshot(self, archive: str, path: str) -> str:
        return f"{_SNAPSHOTS}/{archive}/{self._moment}/{quote(path)}" if self._is_reachable else ""


def _download(address: str, target: Path, sha256: str) -> None:
    """Download a file, and keep it if it has this hash.

    Raises:
        AptError: apt cannot download it.
        OSError: there is no apt, and it cannot be downloaded, or it has another hash.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        part = Path(scratch) / "part"
        if apt.has_apt():
            apt.download(address, part, sha256)
        else:
            with urllib.request.urlopen(address, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - http or https
                part.write_bytes(answer.read())
        found = hashlib.sha256(part.read_bytes()).hexdigest()
        if found != sha256:
            raise OSError(f"{address}: its SHA-256 is {found}, not {sha256}")
        part.rename(target)
