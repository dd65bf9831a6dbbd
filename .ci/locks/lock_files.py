"""The locks of this project, and their pins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.markers import Marker

_HASH = re.compile(r"\s--hash=sha256:[0-9a-f]{64}(?=\s|$)")
_PINNED = re.compile(r"==(?!=)[^*,]+")


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock, `requirements/NAME.txt`.

    Attributes:
        has_project: whether it has the dependencies of the project.
        group: the dependency group that it has.
        is_closed: whether it has what its packages depend on.
    """

    name: str
    has_project: bool = False
    group: str = ""
    is_closed: bool = True

    @property
    def path(self) -> Path:
        """Return the path of the lock in the project."""
        return Path("requirements", f"{self.name}.txt")

    @property
    def uv_arguments(self) -> list[str]:
        """Return the arguments of `uv pip compile` that select the lock's requirements."""
        project = ["pyproject.toml"] if self.has_project else []
        group = ["--group", self.group] if self.group else []
        return [*project, *group, *([] if self.is_closed else ["--no-deps"])]

    def requirements(self, pyproject: Mapping[str, Any]) -> list[Requirement]:
        """Return the lock's requirements from `pyproject.toml`."""
        texts = list(pyproject["project"]["dependencies"]) if self.has_project else []
        texts += _group(pyproject, self.group) if self.group else []
        return [Requirement(text) for text in texts]


LOCKS = (
    Lock("dev", has_project=True, group="dev"),
    Lock("telemap", has_project=True),
    Lock("build", group="build"),
    Lock("layer", group="layer"),
    Lock("release", group="release"),
    Lock("emulator", group="emulator", is_closed=False),
    Lock("oldest-pip", group="oldest-pip", is_closed=False),
)


@dataclass(frozen=True, slots=True)
class Pin:
    """A package and its locked version, if its marker applies."""

    name: NormalizedName
    version: str
    extras: frozenset[NormalizedName]
    marker: Marker | None

    def __str__(self) -> str:
        extras = f"[{','.join(sorted(self.extras))}]" if self.extras else ""
        marker = str(self.marker).replace('"', "'") if self.marker else ""
        return f"{self.name}{extras}=={self.version}" + (f" ; {marker}" if marker else "")

    def holds(self, environment: Mapping[str, str]) -> bool:
        """Return whether the package is installed in an environment."""
        return self.marker is None or self.marker.evaluate(dict(environment))


def read_pins(path: Path) -> tuple[list[Pin], list[str]]:
    """Return the pins of a lock, and lines that are not pins with hashes, such as an index or a range."""
    pins, problems = [], []
    for line in _lines(path):
        text, hashes = _HASH.subn("", line)
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            problems.append(f"{path.parent.name}/{path.name}: not a pinned package: {text}")
            continue
        if not hashes or not _PINNED.fullmatch(str(requirement.specifier)):
            problems.append(f"{path.parent.name}/{path.name}: not pinned with == and a hash: {text}")
            continue
        version = str(requirement.specifier).removeprefix("==")
        extras = frozenset(canonicalize_name(extra) for extra in requirement.extras)
        pins.append(Pin(canonicalize_name(requirement.name), version, extras, requirement.marker))
    return pins, problems


def _lines(path: Path) -> Iterator[str]:
    """Yield logical lines, with continuation lines joined and without comments."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for line in text.replace("\\\n", " ").splitlines():
        if stripped := re.sub(r"(^|\s)#.*", "", line).strip():
            yield stripped


def _group(pyproject: Mapping[str, Any], name: str) -> Iterator[str]:
    for entry in pyproject["dependency-groups"][name]:
        if isinstance(entry, str):
            yield entry
        else:
            yield from _group(pyproject, entry["include-group"])
