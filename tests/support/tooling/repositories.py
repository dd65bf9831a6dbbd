"""Git repositories, made by nobody's settings."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "author",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "author",
    "GIT_COMMITTER_EMAIL": "author@example.com",
}
"""What git reads instead of the settings of a machine and of a person."""


class Repository(NamedTuple):
    """A git repository, and its one commit."""

    folder: Path
    commit: str


def commit(folder: Path, environment: dict[str, str]) -> None:
    """Commit all files of a folder."""
    for command in (["init", "--quiet"], ["add", "--all", "--force"], ["commit", "--quiet", "--message=All."]):
        subprocess.run(["git", *command], cwd=folder, env=environment, check=True)


def head(folder: Path, environment: dict[str, str]) -> str:
    """Return the last commit of a repository."""
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, env=environment, capture_output=True, check=True)
    return told.stdout.decode().strip()
