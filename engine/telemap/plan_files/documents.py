"""The texts that a plan was made from: it is good for as long as none of them has changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from telemap.digest import sha256_of
from telemap.plan_files.layout import UnfitError
from telemap.resources import mapping_path, relative_to

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    ReadDocument: TypeAlias = tuple[str, int, str]
    """How a document is written in an `include`, the number of the document with that, and its own digest.

    The first one is the mapping itself, and written nowhere.
    """

_MOST_BYTES: Final = 1024 * 1024 + 1
"""No mapping is longer: see `telemap.document.loader`, which is not imported here."""


def require_unchanged(mapping: str, documents: Sequence[ReadDocument]) -> None:
    """Read the documents from where they would be read now, and compare them with what was read then.

    Args:
        mapping: the name of the mapping, which may have moved together with those that it includes.
        documents: in the order in which they were read.

    Raises:
        UnfitError: one of them has changed, or cannot be read.
    """
    names: list[str] = []
    for written, including, digest in documents:
        name = relative_to(names[including], written) if names else mapping
        if sha256_of(_read(name)) != digest:
            raise UnfitError(f"{name} has changed since")
        names.append(relative_to("", name))


def _read(name: str) -> bytes:
    path = Path(mapping_path(name))
    try:
        if not path.is_file():  # a pipe could keep a start waiting for ever
            raise UnfitError(f"{name} is no file")
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise UnfitError(f"{name} cannot be read: {error.strerror}") from error
