"""Load a mapping: read and check its text.

The checker and PyYAML are imported with the first mapping that is loaded: a start with a compiled plan does not need
them.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.errors import MappingError
from telemap.resources import SHIPPED, mapping_path, relative_to, shipped_mappings

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from telemap.document.nodes import Document
    from telemap.model import Mapping


def load(
    path: str | PathLike[str], *, include_root: str | PathLike[str] | None = None, to_gateway: bool = True
) -> Mapping:
    """Load a mapping from a file.

    Args:
        path: the file, or `telemap:NAME` for a shipped mapping, such as `telemap:default`.
        include_root: the folder that must contain included files, except shipped mappings; by default any.
        to_gateway: whether a Pushgateway may get the metrics: it has metrics of its own, whose names are then refused
            or warned of.

    Raises:
        MappingError: with all problems of the mapping, in file order.
    """
    return check_document(_read(str(path)), partial(read_included, root=include_root), to_gateway=to_gateway)


def loads(
    text: str | bytes,
    name: str = "<text>",
    *,
    include_root: str | PathLike[str] | None = None,
    to_gateway: bool = True,
) -> Mapping:
    """Load a mapping from its text.

    Args:
        text: YAML; bytes must be UTF-8.
        name: its name in problems; the paths of included files are relative to it.
        include_root: the folder that must contain included files, except shipped mappings; by default any.
        to_gateway: as for `load`.

    Raises:
        MappingError: with all problems of the mapping, in file order.
    """
    from telemap.document.loader import parse_document  # noqa: PLC0415 - see above

    content = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    return check_document(
        parse_document(content, name), partial(read_included, root=include_root), to_gateway=to_gateway
    )


def load_traced(name: str, *, to_gateway: bool = True) -> tuple[Mapping, tuple[tuple[str, int, str], ...]]:
    """Load a mapping from a file, and return the documents that it consists of, too.

    Args:
        name: the file, or `telemap:NAME`.
        to_gateway: as for `load`.

    Returns:
        The mapping, and for each document, in the order of reading, its name in an `include`, the number of the
        document with that `include`, and the digest of its text. The first is the mapping itself.

    Raises:
        MappingError: with all problems of the mapping, in file order.
    """
    first = _read(name)
    numbers = {relative_to("", name): 0}
    documents = [("", 0, first.sha256)]

    def read(written: str, including: str) -> Document:
        document = read_included(written, including)
        numbers[relative_to("", document.name)] = len(documents)
        documents.append((written, numbers[including], document.sha256))
        return document

    mapping = check_document(first, read, to_gateway=to_gateway)
    return mapping, tuple(documents)


def check_document(document: Document, read: Callable[[str, str], Document], *, to_gateway: bool = True) -> Mapping:
    """Check a document that was read already.

    Args:
        document: the mapping.
        read: reads an included document: its name as written, and the name of the document with that `include`.
        to_gateway: as for `load`.

    Raises:
        MappingError: with all problems of the mapping, in file order.
    """
    from telemap.advice import Advisor  # noqa: PLC0415 - see above
    from telemap.check import check  # noqa: PLC0415 - see above

    return check(document, read, Advisor(), to_gateway=to_gateway)


def read_included(name: str, including: str, *, root: str | PathLike[str] | None = None) -> Document:
    """Read an included document.

    Args:
        name: its name as written.
        including: the name of the document with the `include`.
        root: the folder that must contain it, unless it is shipped; by default any.

    Raises:
        MappingError: it cannot be read, or is not a mapping.
    """
    from telemap.document import included  # noqa: PLC0415 - see above

    found = relative_to(including, name)
    if found.startswith(SHIPPED) and found in shipped_mappings():
        return _read(found)
    return included.read_included(_path_of(found), found, None if root is None else Path(root))


def _read(name: str) -> Document:
    """Read a mapping by its name."""
    from telemap.document.loader import read_document  # noqa: PLC0415 - see above

    return read_document(_path_of(name), name)


def _path_of(name: str) -> Path:
    """Return the file of a mapping.

    Raises:
        MappingError: no such mapping is shipped.
    """
    path = mapping_path(name)
    if name.startswith(SHIPPED) and not path.is_file():
        from telemap.problem import Problem, Severity  # noqa: PLC0415 - only when something is wrong

        hint = f"telemap ships {', '.join(shipped_mappings())}"
        message = f"no shipped mapping {name!r}"
        raise MappingError([Problem("file-unreadable", Severity.ERROR, message, name, help=hint)])
    return path
