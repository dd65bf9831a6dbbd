"""Assemble a layer for the sandbox, the content of /opt in Lambda, from the installed packages."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import telemap
import telemap_lambda
from telemap_lambda.sandbox.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENSION = Path("extensions/telemap")
_DISTRIBUTION = "telemap"
_COMMAND_LINE_ONLY = {"rich"}


def assemble(folder: Path) -> Path:
    """Build a layer, with the launcher in `extensions/` and links to modules in `telemap/`.

    Args:
        folder: The layer's directory; created if necessary.

    Returns:
        The absolute path of the directory.

    Raises:
        LayerError: A dependency is not installed.

    """
    folder = folder.resolve()
    launcher = folder / EXTENSION
    modules = folder / "telemap"
    launcher.parent.mkdir(parents=True, exist_ok=True)
    modules.mkdir(exist_ok=True)
    shutil.copyfile(_launcher(), launcher)
    launcher.chmod(0o755)
    for source in _sources():
        _place(source, modules / source.name)
    return folder


def _launcher() -> Path:
    package = _package(telemap_lambda.__path__[0])
    for candidate in (package / "launcher", package.parent / "telemap"):
        if candidate.is_file():
            return candidate
    message = f"no launcher in {package} or beside it"
    raise LayerError(message)


def _package(path: str) -> Path:
    return Path(path).resolve()


def _sources() -> Iterator[Path]:
    """Yield the top-level modules and packages that the extension needs."""
    yield _package(telemap.__path__[0])
    yield _package(telemap_lambda.__path__[0])
    for distribution in _requirements():
        yield from _modules(distribution)


def _requirements() -> list[importlib.metadata.Distribution]:
    """Return all distributions that telemap needs at run time, except those only for the command line."""
    found: dict[str, importlib.metadata.Distribution] = {}
    open_names = [(name, False) for name, _ in _required(_distribution(_DISTRIBUTION, optional=False))]
    while open_names:
        name, optional = open_names.pop()
        if name in found or name in _COMMAND_LINE_ONLY:
            continue
        distribution = _distribution(name, optional=optional)
        if distribution is not None:
            found[name] = distribution
            open_names.extend(_required(distribution))
    return list(found.values())


def _distribution(name: str, *, optional: bool) -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError as error:
        if optional:
            return None
        message = f"{name} is not installed"
        raise LayerError(message) from error


def _required(distribution: importlib.metadata.Distribution | None) -> Iterator[tuple[str, bool]]:
    """Yield normalised names, and whether an environment marker may exclude them."""
    for requirement in (distribution.requires if distribution else None) or ():
        name, _, marker = requirement.partition(";")
        if "extra" not in marker:
            bare = re.match(r"[A-Za-z0-9._-]+", name.strip())
            yield re.sub(r"[-_.]+", "-", bare[0] if bare else name).lower(), bool(marker)


def _modules(distribution: importlib.metadata.Distribution) -> Iterator[Path]:
    tops = {file.parts[0] for file in distribution.files or () if file.suffix in (".py", ".so")}
    for top in sorted(tops - {"..", "__pycache__"}):
        yield Path(str(distribution.locate_file(top)))


def _place(source: Path, target: Path) -> None:
    if not source.exists():
        message = f"{source} is missing: telemap is not completely installed"
        raise LayerError(message)
    target.symlink_to(source)
