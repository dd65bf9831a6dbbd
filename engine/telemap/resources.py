"""Find the shipped mappings and schemas, in the installed package or next to `engine/` in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

SHIPPED = "telemap:"
"""Prefix of the name of a shipped mapping: `telemap:default` is `mappings/default.yaml`."""

_PACKAGE = Path(__file__).resolve().parent


def resource(folder: str, name: str) -> Path:
    """Return the path of a shipped file.

    Args:
        folder: `mappings` or `schema`.
        name: the file's name in it.
    """
    installed = _PACKAGE / folder
    return (installed if installed.is_dir() else _PACKAGE.parents[1] / folder) / name


def mapping_path(name: str) -> Path:
    """Return the path of a mapping: a shipped one for `telemap:NAME`, else the path itself."""
    if name.startswith(SHIPPED):
        return resource("mappings", name.removeprefix(SHIPPED) + ".yaml")
    return Path(name)


def shipped_mappings() -> list[str]:
    """Return the names of the mappings that telemap ships."""
    folder = resource("mappings", "")
    files = (path for path in folder.rglob("*.yaml") if not path.stem.endswith(".test"))
    return sorted(f"{SHIPPED}{path.relative_to(folder).with_suffix('')}" for path in files)


def relative_to(including: str, name: str) -> str:
    """Resolve the name of an included mapping.

    Args:
        including: name of the mapping with the `include`.
        name: the included name: `telemap:NAME`, or a path relative to that mapping.
    """
    if name.startswith(SHIPPED) or including.startswith(SHIPPED) or Path(name).is_absolute():
        return name
    return os.path.normpath(os.path.join(os.path.dirname(including), name))  # noqa: PTH118, PTH120 - Path keeps `..`
