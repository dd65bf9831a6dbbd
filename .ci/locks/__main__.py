"""Check the locks in requirements/, or write them: `python .ci/locks {check,write} [uv's arguments]`.

`check` needs no network and never fails because of a new release: it fails where `write` would change a pin.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from pathlib import Path

from closure import problems_of
from copies import copy_pins, stale_copies
from lock_files import LOCKS, Lock, read_pins
from npm_lock import npm_problems

_COMPILE = ("--quiet", "--generate-hashes", "--no-header", "--no-annotate", "--no-strip-extras")
_OF_THE_LAYERS_PYTHON = "runtime.lock"  # deploy/runtime_lock.py checks and writes it
_SUPPORTED = ("--universal", "--python-version", "3.11", "--only-binary", ":all:")


def main(argv: list[str]) -> int:
    """Run one of the two commands in the current directory, and return the exit code."""
    parser = argparse.ArgumentParser(prog="locks", description="Check the locks in requirements/, or write them.")
    parser.add_argument("command", choices=["check", "write"])
    command, uv_arguments = parser.parse_known_args(argv)
    project = Path.cwd()
    if command.command == "write":
        return write(project, uv_arguments)
    found = check(project)
    if found:
        print(*found, "Locks are written by `make lock`: see CONTRIBUTING.md.", sep="\n", file=sys.stderr)
    return int(bool(found))


def check(project: Path) -> list[str]:
    """Return the problems of a project's locks, in the order of its files."""
    pyproject = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    pins, found = {}, []
    for lock in LOCKS:
        pins[lock.name], malformed = read_pins(project / lock.path)
        found += malformed
    unknown = {path.name for path in (project / "requirements").iterdir()} - {lock.path.name for lock in LOCKS}
    unknown.discard(_OF_THE_LAYERS_PYTHON)
    found += [f"requirements/{name}: not a lock that `make lock` writes" for name in sorted(unknown)]
    if not found:
        found = [*problems_of(pins, pyproject), *stale_copies(project, pins)]
    return [*found, *npm_problems(project)]


def write(project: Path, uv_arguments: list[str]) -> int:
    """Write the locks with uv, which keeps pins that still match, then the pins that other files repeat."""
    for lock in LOCKS:
        finished = subprocess.run([*_uv(lock), *uv_arguments], cwd=project, check=False)  # noqa: S603 - our own
        if finished.returncode:
            return finished.returncode
    copy_pins(project, {lock.name: read_pins(project / lock.path)[0] for lock in LOCKS})
    return 0


def _uv(lock: Lock) -> list[str]:
    # Packages in several locks have the same version in all: the largest lock decides.
    constraints = [] if lock is LOCKS[0] else ["--constraints", str(LOCKS[0].path)]
    command = [sys.executable, "-m", "uv", "pip", "compile", *_COMPILE, *_SUPPORTED, *constraints]
    return [*command, *lock.uv_arguments, "--output-file", str(lock.path)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
