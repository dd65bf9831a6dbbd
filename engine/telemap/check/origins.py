"""Read what labels and values both have: `path` and `first_of`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.paths import read_path, read_paths
from telemap.model import FirstOf

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader
    from telemap.reading.entries import Entries


def read_origin_paths(reader: MappingReader, entries: Entries, what: str, depth: int) -> FirstOf | None:
    """Read `path` or `first_of`, whichever is there."""
    if "path" in entries:
        path = read_path(reader, entries["path"][1], f"'path' of {what}", depth=depth)
        return None if path is None else FirstOf((path,))
    paths = read_paths(reader, entries["first_of"][1], f"'first_of' of {what}", depth=depth)
    return FirstOf(paths) if paths else None
