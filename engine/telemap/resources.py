"""Find the shipped mappings and schemas, in the installed package or next to `engine/` in a checkout.

What a start calls returns text: `pathlib` takes milliseconds to import.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHIPPED = "telemap:"
"""Prefix of the name of a shipped mapping: `telemap:default` is `mappings/default.yaml`."""

_PACKAGE = os.path.dirname(os.path.realpath(__file__))


def resource(folder: str, name: str) -> Path:
    """Return the path of a shipped file.

    Args:
        folder: `mappings` or `schema`.
        name: the file's name in it.
    """
    return Path(_resource_file(folder, name))


def mapping_path(name: str) -> Path:
    """Return the path of a mapping: a shipped one for `telemap:NAME`, else the path itself."""
    return Path(mapping_file(name))


def mapping_file(name: str) -> str:
    """Return the path of a mapping, as `mapping_path` does, as text."""
    if name.startswith(SHIPPED):
        return _resource_file("mappings", name.removeprefix(SHIPPED) + ".yaml")
    return name


def _resource_file(folder: str, name: str) -> str:
    installed = os.path.join(_PACKAGE, folder)
    checkout = os.path.dirname(os.path.dirname(_PACKAGE))
    return os.path.join(installed if os.path.isdir(installed) else os.path.join(checkout, folder), name)


def shipped_mappings() -> list[str]:
    """Return the names of the mappings that telemap ships."""
    folder = resource("mappings", "")
    files = (path for path in folder.rglob("*.yaml") if not path.stem.endswith(".test"))
    return sorted(f"{SHIPPED}{path.relative_to(folder).with_suffix('')}" for path in files)


def look_up(path: str, folders: Sequence[str]) -> str:
    """Return the path of a file in the first folder that has it; the path itself if it is absolute, or none has it."""
    relative = path.removeprefix("./")
    found = (relative if folder == "." else os.path.join(folder, relative) for folder in folders)
    return path if os.path.isabs(path) else next(filter(os.path.isfile, found), path)


def relative_to(including: str, name: str) -> str:
    """Resolve the name of an included mapping.

    Args:
        including: name of the mapping with the `include`.
        name: the included name: `telemap:NAME`, or a path relative to that mapping.
    """
    if name.startswith(SHIPPED) or including.startswith(SHIPPED) or os.path.isabs(name):
        return name
    return os.path.normpath(os.path.join(os.path.dirname(including), name))  # Path keeps `..`
