"""Files that repeat pins, because they cannot refer to a lock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lock_files import Pin


class _Copy(NamedTuple):
    """The lines of a file that repeat a lock."""

    file: str
    lock: str
    place: re.Pattern[str]
    line: str


_COPIES = (
    # If telemap is built from a repository's URL, pip creates the build environment.
    _Copy(
        "pyproject.toml", "build", re.compile(r"(?<=^requires = \[\n)(?:    .*\n)*(?=\]$)", re.MULTILINE), '    "{}",\n'
    ),
    # pre-commit passes the packages to pip itself.
    _Copy(
        ".pre-commit-hooks.yaml",
        "telemap",
        re.compile(r'(?<=^    - "--only-binary=:all:"\n)(?:    - .*\n)*', re.MULTILINE),
        "    - {}\n",
    ),
)


def stale_copies(project: Path, locks: Mapping[str, Sequence[Pin]]) -> list[str]:
    """Return the files whose pins differ from the locks."""
    return [
        f"{copy.file}: it repeats other pins than requirements/{copy.lock}.txt has"
        for copy in _COPIES
        if _rewritten(project, copy, locks) != (project / copy.file).read_text(encoding="utf-8")
    ]


def copy_pins(project: Path, locks: Mapping[str, Sequence[Pin]]) -> None:
    """Write the pins of the locks into the files that repeat them."""
    for copy in _COPIES:
        (project / copy.file).write_text(_rewritten(project, copy, locks), encoding="utf-8")


def _rewritten(project: Path, copy: _Copy, locks: Mapping[str, Sequence[Pin]]) -> str:
    lines = "".join(copy.line.format(pin) for pin in locks[copy.lock])
    text, places = copy.place.subn(lambda _: lines, (project / copy.file).read_text(encoding="utf-8"), count=1)
    if not places:
        raise ValueError(f"{copy.file} has no place for the pins of requirements/{copy.lock}.txt")
    return text
