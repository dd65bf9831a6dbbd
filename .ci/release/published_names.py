"""The names by which samples install telemap: `[tool.telemap]` in pyproject.toml states them for all samples."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACEHOLDER = "OWNER"
"""Stands for the account that publishes telemap, until there is one."""

_VERSION_FILE = "engine/telemap/version.py"
_FILES = ("*.md", "docs/**/*.md", "deploy/*/*.md", "deploy/image/Dockerfile", ".github/**/*.yml")
_NUMBER = r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?"


@dataclass(frozen=True, slots=True)
class Published:
    """What is published, and where.

    Attributes:
        package: the name on the package index.
        repository: the URL of the repository on GitHub.
        image: the container image, without a tag.
        version: the version of this checkout.
    """

    package: str
    repository: str
    image: str
    version: str

    @property
    def action(self) -> str:
        """Return the name of the GitHub Action: the account and the repository."""
        return self.repository.removeprefix("https://github.com/")

    def written_into(self, text: str) -> str:
        """Return a text with the names and versions of telemap in it replaced by these."""
        for pattern, name in self._places():
            text = re.sub(pattern, name, text, flags=re.MULTILINE)
        return text

    def _places(self) -> Iterator[tuple[str, str]]:
        yield r"https://github\.com/[\w.-]+/telemap\b(?!-)", self.repository
        yield r"(?<=uses: )[\w.-]+/telemap(?=@)", self.action
        yield r"(?<=--repo )[\w.-]+/telemap\b", self.action
        yield r"ghcr\.io/[\w.-]+/telemap\b", self.image
        yield rf"(?<=/telemap@)v{_NUMBER}", f"v{self.version}"
        yield rf"(?<=\brelease download )v{_NUMBER}", f"v{self.version}"
        yield rf"(?<=\brev: )v{_NUMBER}|(?<=\bREVISION: )v{_NUMBER}|(?<=\bREVISION = ')v{_NUMBER}", f"v{self.version}"
        yield rf"(?<={re.escape(self.image)}:){_NUMBER}", self.version
        yield rf"\b{self.package}=={_NUMBER}", f"{self.package}=={self.version}"
        yield rf"\b{self.package}-{_NUMBER}(?=-py3-|\.tar|\.cdx)", f"{self.package}-{self.version}"
        yield rf"(?<=^Version ){_NUMBER}(?= · )", self.version
        yield rf"(?<=/telemap/raw/)v{_NUMBER}|(?<=/releases/download/)v{_NUMBER}", f"v{self.version}"


def read_published(project: Path) -> Published:
    """Return the names in a checkout's pyproject.toml, with its version."""
    named = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["telemap"]
    found = re.search(r'VERSION = "([^"]+)"', (project / _VERSION_FILE).read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{_VERSION_FILE} states no version")
    return Published(named["package"], named["repository"], named["image"], found[1])


def write_names(project: Path) -> list[str]:
    """Write the names into all samples of a checkout, and return the files that changed."""
    stale = list(_stale(project))
    for path, text in stale:
        path.write_text(text, encoding="utf-8")
    return [path.relative_to(project).as_posix() for path, _ in stale]


def name_problems(project: Path) -> list[str]:
    """Return the files whose samples name anything else."""
    return [
        f"{path.relative_to(project).as_posix()}: samples name another package, repository, image or version than "
        "pyproject.toml and version.py: run `make names`"
        for path, _ in _stale(project)
    ]


def placeholder_problems(project: Path) -> list[str]:
    """Return the files in which the publishing account is still to be filled in."""
    word = re.compile(rf"\b{PLACEHOLDER}\b")
    return [
        f"{path.relative_to(project).as_posix()}: {PLACEHOLDER} stands for the account that publishes telemap: "
        "see docs/how-to/release.md"
        for path in (project / "pyproject.toml", *_files(project))
        if word.search(path.read_text(encoding="utf-8"))
    ]


def _files(project: Path) -> list[Path]:
    return sorted({path for pattern in _FILES for path in project.glob(pattern)} - {project / "CHANGELOG.md"})


def _stale(project: Path) -> Iterator[tuple[Path, str]]:
    """Yield files with stale names, and what they should say."""
    published = read_published(project)
    for path in _files(project):
        before = path.read_text(encoding="utf-8")
        if (after := published.written_into(before)) != before:
            yield path, after
