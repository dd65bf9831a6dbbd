"""Where the documentation of this release is published, whose site has a playground that links can open."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, metadata
from typing import Final

_NAME: Final = "documentation"
"""The key of `[project.urls]` in pyproject.toml; well-known, so its case and punctuation do not matter (PEP 753)."""

PLAYGROUND: Final = "playground/index.html"
"""The playground on the site."""


def documentation_address() -> str | None:
    """Return the address of the site, with a slash at its end; None if the project names none."""
    try:
        addresses: list[str] = metadata("telemap").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    for label, _, address in (entry.partition(", ") for entry in addresses):
        if label.strip().lower() == _NAME:
            return address.strip().removesuffix("index.html").rstrip("/") + "/"
    return None
