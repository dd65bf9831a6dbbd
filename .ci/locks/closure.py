"""Check that locks contain exactly what their packages need, on every Python and machine that telemap supports.

What a package needs is read from its installed metadata, so no index is asked. A package that is locked for other
Pythons only is not installed here; what it needs is checked where it is.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any, NamedTuple

from lock_files import LOCKS, Lock, Pin
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_PATCHES = ("0", "99")  # markers may tell the first releases of a Python from the last
_MACHINES = ("x86_64", "aarch64")

_HERE = {name: str(value) for name, value in default_environment().items()}


class _Known(NamedTuple):
    """The metadata of an installed package."""

    requirements: tuple[Requirement, ...]
    pythons: SpecifierSet


@dataclass(slots=True)
class _Walk:
    """The packages that one environment needs, from the requirements of `pyproject.toml` to the last package.

    Attributes:
        reached: pairs of a package and one of its extras, or none (`""`).
        unknown: packages that are needed and not installed here.
    """

    lock: Lock
    pins: dict[NormalizedName, Pin]
    environment: dict[str, str]
    reached: set[tuple[Pin, str]] = field(default_factory=set)
    unknown: set[Pin] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def need(self, requirement: Requirement, needed_by: str) -> None:
        """Follow a requirement that applies in the environment."""
        pin = self.pins.get(canonicalize_name(requirement.name))
        if pin is None:
            self._report(f"{needed_by} needs {requirement}, which is not in the lock")
            return
        if not requirement.specifier.contains(pin.version, prereleases=True):
            self._report(f"{needed_by} needs {requirement}, but the lock has {pin}")
        extras = {canonicalize_name(extra) for extra in requirement.extras}
        if missing := ",".join(sorted(extras - pin.extras)):
            self._report(f"{needed_by} needs {requirement}, but the lock has {pin} without [{missing}]")
        for extra in ("", *sorted(extras)):
            if (pin, extra) not in self.reached:
                self.reached.add((pin, extra))
                self._follow(pin, extra)

    def _follow(self, pin: Pin, extra: str) -> None:
        if not self.lock.is_closed:
            return
        known = _known(pin.name, pin.version)
        if known is None:
            self.unknown.add(pin)
            return
        if not known.pythons.contains(self.environment["python_full_version"], prereleases=True):
            self._report(f"{pin} does not run on Python {self.environment['python_full_version']}")
        for requirement in known.requirements:
            if _holds(requirement, {**self.environment, "extra": extra}):
                self.need(requirement, f"{pin.name}=={pin.version}")

    def _report(self, problem: str) -> None:
        self.problems.append(f"{self.lock.path}: {problem}")


def problems_of(locks: Mapping[str, Sequence[Pin]], pyproject: Mapping[str, Any]) -> list[str]:
    """Return where locks are inconsistent with `pyproject.toml`, their own packages, or each other.

    Args:
        locks: the pins of each.
        pyproject: what is in that file.
    """
    environments = [_HERE, *_environments()]
    pythons: dict[str, set[str]] = defaultdict(set)
    for environment in environments:
        for problem in _disagreements(locks, environment):
            pythons[problem].add(environment["python_version"])
    leftovers = []
    for lock in LOCKS:
        walks = [_walk(lock, locks[lock.name], pyproject, environment) for environment in environments]
        for walk in walks:
            for problem in walk.problems:
                pythons[problem].add(walk.environment["python_version"])
        leftovers += [f"{lock.path}: {problem}" for problem in _leftovers(locks[lock.name], walks)]
    return [f"{problem} (Python {', '.join(sorted(found))})" for problem, found in pythons.items()] + leftovers


def _walk(lock: Lock, pins: Sequence[Pin], pyproject: Mapping[str, Any], environment: dict[str, str]) -> _Walk:
    walk = _Walk(lock, {pin.name: pin for pin in pins if pin.holds(environment)}, environment)
    for requirement in lock.requirements(pyproject):
        if _holds(requirement, environment):
            walk.need(requirement, "pyproject.toml")
    return walk


def _leftovers(pins: Sequence[Pin], walks: Sequence[_Walk]) -> Iterator[str]:
    """Yield pins that no environment needs, as far as the installed packages show."""
    for pin in sorted(walks[0].unknown, key=str):
        yield f"{pin.name}=={pin.version} is not installed, so its requirements are unknown: run .ci/venv dev release"
    for pin, extra in itertools.chain.from_iterable(((pin, extra) for extra in ("", *pin.extras)) for pin in pins):
        where = [walk for walk in walks if walk.pins.get(pin.name) is pin and not (walk.unknown or walk.problems)]
        if where and not any((pin, extra) in walk.reached for walk in where):
            yield f"nothing needs {pin.name}{f'[{extra}]' if extra else ''}=={pin.version}"


def _disagreements(locks: Mapping[str, Sequence[Pin]], environment: Mapping[str, str]) -> Iterator[str]:
    """Yield packages that different locks pin to different versions."""
    first: dict[NormalizedName, tuple[str, Pin]] = {}
    for lock in LOCKS:
        for pin in locks[lock.name]:
            if pin.holds(environment):
                file, other = first.setdefault(pin.name, (str(lock.path), pin))
                if other.version != pin.version or (other is not pin and file == str(lock.path)):
                    yield f"{lock.path}: it has {pin}, but {file} has {other}"


def _environments() -> Iterator[dict[str, str]]:
    """Yield the values of markers on Linux."""
    for python, patch, machine in itertools.product(_PYTHONS, _PATCHES, _MACHINES):
        full = f"{python}.{patch}"
        yield {
            "implementation_name": "cpython",
            "implementation_version": full,
            "os_name": "posix",
            "platform_machine": machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": full,
            "python_version": python,
            "sys_platform": "linux",
        }


def _holds(requirement: Requirement, environment: Mapping[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": "", **environment})


@cache
def _known(name: NormalizedName, version: str) -> _Known | None:
    """Return the metadata of an installed package; None if this version is not installed."""
    try:
        installed = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if installed["Version"] != version:
        return None
    requirements = tuple(Requirement(text) for text in installed.get_all("Requires-Dist", []))
    return _Known(requirements, SpecifierSet("".join(installed.get_all("Requires-Python", []))))
