"""Get the locked Debian packages: from the cache, from Debian's pool, or from its snapshot archive.

The pool, of which apt knows the address, keeps only the newest version of each package. The snapshot archive keeps all;
the variable `DEBIAN_SNAPSHOTS` has its address, as far as `/archive`. Whoever allows it gets the newest of the suite
where neither has a locked package: a machine without a way to the snapshot archive can still build.
"""

from __future__ import annotations

import hashlib
import os
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
    from collections.abc import Callable, Iterable, Sequence

    from interpreter.lock import Lock, Package

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "debian-packages"
"""Where packages are kept, by hash."""

_SNAPSHOTS = "DEBIAN_SNAPSHOTS"
_MOMENT = "%Y%m%dT%H%M%SZ"
_UNTIL_KEPT = timedelta(hours=12)
"""How long after a package appeared the snapshot archive surely has it; it keeps states, some hours apart."""

_TIMEOUT_SECONDS = 60.0


class FetchError(Exception):
    """A package cannot be had; the message says what to do."""


def places(package: Package, moment: str) -> tuple[str, ...]:
    """Return the addresses that may have a package, in Debian's pool and in its snapshot archive, as far as known.

    Args:
        package: what to fetch.
        moment: when the package was the newest, as a lock says it.
    """
    archive, _, path = package.path.partition("/")
    kept = (datetime.strptime(moment, _MOMENT) + _UNTIL_KEPT).strftime(_MOMENT)  # noqa: DTZ007 - both are in UTC
    folders = [apt.archive_address(archive)]
    if snapshots := os.environ.get(_SNAPSHOTS):
        folders.append(f"{snapshots.rstrip('/')}/{archive}/{kept}")
    return tuple(f"{folder}/{quote(path)}" for folder in folders if folder)


class DebianPackages:
    """The packages of a lock, as files.

    Args:
        lock: names them.
        cache: the folder that keeps them, by hash.
        newest_if_gone: whether to use the newest of the suite if Debian no longer has the locked ones.
        addresses: returns where a package may be, in order; takes the lock's moment, too.
        newest: returns the newest packages of a suite.

    Attributes:
        packages: what there is, for each processor.

    Raises:
        FetchError: a package cannot be had.
    """

    def __init__(
        self,
        lock: Lock,
        cache: Path,
        *,
        newest_if_gone: bool,
        addresses: Callable[[Package, str], Iterable[str]] = places,
        newest: Callable[[str], Sequence[Package]] = apt.newest,
    ) -> None:
        self._cache = cache
        self._addresses = addresses
        self._moment = lock.moment
        self.packages: Sequence[Package] = lock.packages
        cache.mkdir(parents=True, exist_ok=True)
        try:
            self._fetch_all()
        except FetchError as error:
            if not newest_if_gone:
                raise
            try:
                self.packages = newest(lock.suite)
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
        for package in self.packages:
            if not self._file(package).exists():
                self._fetch(package)

    def _fetch(self, package: Package) -> None:
        reasons = []
        for address in self._addresses(package, self._moment):
            try:
                _download(address, self._file(package), package.sha256)
            except (AptError, OSError) as error:
                reasons.append(str(error).splitlines()[-1])
            else:
                return
        what = f"{package.name} {package.version} ({package.architecture}) of requirements/runtime.lock"
        advice = "run `make lock` for its newest"
        if not os.environ.get(_SNAPSHOTS):
            advice += f", or set {_SNAPSHOTS} to the address of Debian's snapshot archive"
        told = "; ".join(reasons) or "no address is known, as there is no apt"
        raise FetchError(f"Debian no longer has {what}, or is not reachable ({advice}): {told}")


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
