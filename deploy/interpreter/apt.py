"""Ask the machine's apt for Debian packages of any suite and processor, without root and without changing the system.

Only the addresses and the connection settings are the machine's: package lists and downloads are private. apt checks
them by the signatures of Debian's archive keys.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from interpreter.lock import PACKAGES, Package
from interpreter.processors import PROCESSORS

if TYPE_CHECKING:
    from collections.abc import Iterator

ARCHIVES = ("debian", "debian-security")
_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_PROGRAMS = ("apt-get", "apt-cache")
_HELPER = "/usr/lib/apt/apt-helper"
_PRIVATE = ("-qq", "-o", "APT::Sandbox::User=root")
"""As root, apt would become the user `_apt`, who can write nowhere here."""


class AptError(Exception):
    """apt is missing, or failed; the message has its words."""


def has_apt() -> bool:
    """Return whether this machine has apt."""
    return all(shutil.which(name) for name in _PROGRAMS) and Path(_HELPER).exists()


def archive_address(archive: str) -> str | None:
    """Return where an archive is: the address in apt's sources, else beside another archive; None if they name none."""
    configured = _configured()
    for address in configured:
        if address.endswith(f"/{archive}"):
            return address
    beside = next((address.rpartition("/")[0] for address in configured if address.endswith(ARCHIVES)), None)
    return None if beside is None else f"{beside}/{archive}"


def download(address: str, target: Path, sha256: str) -> None:
    """Download a file, over apt's connection settings.

    Raises:
        AptError: it cannot be downloaded, or has another hash.
    """
    _run(_HELPER, *_PRIVATE, "-o", "Acquire::Retries=1", "download-file", address, str(target), f"SHA256:{sha256}")


def newest(suite: str) -> list[Package]:
    """Return the newest version of each package of Python in a suite, for each processor.

    Raises:
        AptError: apt is missing, a package does not exist, or its signature is not Debian's.
    """
    if not has_apt():
        raise AptError("there is no apt on this machine")
    if not _KEYS.exists():
        raise AptError(f"{_KEYS} is missing: apt-get install debian-archive-keyring")
    wanted = [f"{name}:{one.debian}" for name in PACKAGES[suite] for one in PROCESSORS]
    with _lists(suite) as options:
        output = _run("apt-get", *options, "download", "--print-uris", *wanted)
    return [_package(line) for line in output.splitlines() if line.startswith("'")]


@contextmanager
def _lists(suite: str) -> Iterator[list[str]]:
    """Fetch a suite's package lists into a folder of their own, and yield apt's options for them.

    A mirror may lack the updates, but not the suite.
    """
    main, security = map(archive_address, ARCHIVES)
    if main is None or security is None:
        raise AptError("the sources of apt on this machine name no archive of Debian")
    signed = f"deb [signed-by={_KEYS}]"
    source = f"{signed} {main} {suite} main\n"
    updates = f"{signed} {main} {suite}-updates main\n{signed} {security} {suite}-security main\n"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        options = [
            *_PRIVATE,
            *("-o", f"Dir::Etc::SourceList={folder}/sources.list", "-o", "Dir::Etc::SourceParts=/dev/null"),
            *("-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::State::status={folder}/status"),
            *("-o", f"Dir::Cache={folder}/cache", "-o", "Acquire::Languages=none"),
            *(word for one in PROCESSORS for word in ("-o", f"APT::Architectures::={one.debian}")),
        ]
        (folder / "sources.list").write_text(source + updates)
        try:
            _run("apt-get", *options, "-o", "APT::Update::Error-Mode=any", "update")
        except AptError:
            (folder / "sources.list").write_text(source)
            _run("apt-get", *options, "-o", "APT::Update::Error-Mode=any", "update")
        yield options


def _package(line: str) -> Package:
    """Return the package in a line of `apt-get download --print-uris`: 'ADDRESS' FILE SIZE SHA256:HASH."""
    address, file, _, checksum = line.split()
    address = unquote(address.strip("'"))
    archive, _, path = address.partition("/pool/")
    name, version, architecture = unquote(file).removesuffix(".deb").split("_")
    return Package(
        name,
        version,
        architecture,
        f"{archive.rpartition('/')[2]}/pool/{path}",
        checksum.removeprefix("SHA256:"),
    )


def _configured() -> list[str]:
    """Return the addresses of archives in apt's sources."""
    if not has_apt():
        return []
    command = ("apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI)")
    return [address.rstrip("/") for address in dict.fromkeys(_run(*command).split())]


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        message = f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}"
        raise AptError(message)
    return done.stdout
