"""Load a mapping: read its text, check it, say what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check import check
from telemap.document.loader import parse_document, read_document
from telemap.resources import mapping_path, relative_to

if TYPE_CHECKING:
    from os import PathLike

    from telemap.document.nodes import Document
    from telemap.model import Mapping


def load(path: str | PathLike[str]) -> Mapping:
    """Load a mapping from a file.

    Args:
        path: the file, or `telemap:NAME` for a mapping that telemap ships (`telemap:default`).

    Raises:
        MappingError: with all problems of the mapping, in file order.
    """
    name = str(path)
    return check(read_document(mapping_path(name), name), _read_included)


def loads(text: str | bytes, name: str = "<text>") -> Mapping:
    """Load a mapping from its text.

    Args:
        text: YAML; bytes must be UTF-8.
        name: what problems call it; files that it includes are looked for in the folder of this name.

    Raises:
        MappingError: with all problems of the mapping, in file order.
    """
    content = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    return check(parse_document(content, name), _read_included)


def _read_included(name: str, including: str) -> Document:
    found = relative_to(including, name)
    return read_document(mapping_path(found), found)
