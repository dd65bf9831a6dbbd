"""The files of the page, which `make playground` builds: all that is served is in one table, by its exact path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telemap.errors import TelemapError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INDEX: Final = "index.html"

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
"""What the page consists of, by ending; other files are not served."""

_HASHED: Final = re.compile(r"-[A-Za-z0-9]{8,}\.\w+$")
"""The name of a file whose content never changes, for its name has a digest of it."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the page.

    Attributes:
        media_type: the value of `Content-Type`.
        is_hashed: whether its name tells its content, so that it may be kept for ever.
    """

    content: bytes
    media_type: str
    is_hashed: bool


def read_page(folder: Path) -> Mapping[str, PageFile]:
    """Return the files of the page by their paths in requests, such as `/` and `/page-1A2B3C4D.js`.

    Raises:
        TelemapError: the page has not been built.
    """
    if not (folder / INDEX).is_file():
        raise TelemapError(
            "the page of the playground has not been built",
            "In a checkout, build it with: make playground (it needs Node.js). Wheels of a release contain it.",
        )
    files = {
        f"/{path.relative_to(folder).as_posix()}": PageFile(
            path.read_bytes(), _TYPES[path.suffix], _HASHED.search(path.name) is not None
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in _TYPES
    }
    return {**files, "/": files[f"/{INDEX}"]}
