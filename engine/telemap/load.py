"""Load a mapping: read its text, check it, say what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check import check
from telemap.document.loader import parse_document, read_document
from telemap.errors import MappingError
from telemap.problem import Problem, Severity
from telemap.resources import SHIPPED, mapping_path, relative_to, shipped_mappings

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
    return check(_read(name), _read_included)


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
    return _read(relative_to(including, name))


def _read(name: str) -> Document:
    """Read a mapping by its name."""
    path = mapping_path(name)
    if name.startswith(SHIPPED) and not path.is_file():
        hint = f"telemap ships {', '.join(shipped_mappings())}"
        message = f"there is no shipped mapping {name!r}"
        raise MappingError([Problem("file-unreadable", Severity.ERROR, message, name, help=hint)])
    return read_document(path, name)
