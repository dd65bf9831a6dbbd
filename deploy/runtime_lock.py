"""Check the lock of the layer's Python, renew it, or fetch its packages: `python deploy/runtime_lock.py COMMAND`.

`check` needs no network. `write` takes the newest packages of the suite: security updates come this way. `fetch` gets
what a build needs into the cache, from where Debian still has it.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from interpreter import apt
from interpreter.apt import AptError
from interpreter.archive import CACHE, DebianPackages, FetchError
from interpreter.lock import PACKAGES, LockError, read_lock, write_lock

LOCK = Path(__file__).resolve().parents[1] / "requirements" / "runtime.lock"


def main(argv: list[str]) -> int:
    """Run one of the two commands.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="runtime_lock", description="The lock of the layer's Python.")
    parser.add_argument("command", choices=["check", "fetch", "write"])
    parser.add_argument("--suite", choices=list(PACKAGES), help="Debian's release (default: the lock's)")
    parser.add_argument("--lock", type=Path, default=LOCK)
    arguments = parser.parse_args(argv)
    try:
        if arguments.command == "check":
            read_lock(arguments.lock)
        elif arguments.command == "fetch":
            DebianPackages(read_lock(arguments.lock), CACHE, newest_if_gone=True)
        else:
            write(arguments.lock, arguments.suite or read_lock(arguments.lock).suite)
    except (LockError, AptError, FetchError) as error:
        print(f"telemap: {error}", file=sys.stderr)
        return 1
    return 0


def write(path: Path, suite: str) -> None:
    """Lock the newest packages of a suite; a lock that has them stays as it is.

    Raises:
        AptError: apt cannot find them.
    """
    packages = sorted(apt.newest(suite))
    try:
        is_current = list(read_lock(path).packages) == packages
    except LockError:
        is_current = False
    if not is_current:
        write_lock(path, suite, datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"), packages)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
