"""Check that the files of a mapping are those that a plan was compiled from."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from telemap.digest import sha256_of
from telemap.endless import ends
from telemap.plan_files.layout import UnfitError
from telemap.resources import mapping_file, relative_to

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    ReadDocument: TypeAlias = tuple[str, int, str]
    """The name of a document in an `include`, the number of the document with that `include`, and its digest.

    The first is the mapping itself, without a name.
    """

_MAX_BYTES: Final = 1024 * 1024 + 1
"""One more than the longest mapping; see `telemap.document.loader`, which is not imported here."""


def require_unchanged(mapping: str, documents: Sequence[ReadDocument]) -> None:
    """Check that all documents have the digests that they had when the plan was compiled.

    Args:
        mapping: the name of the mapping, which may have moved together with its includes.
        documents: the documents in the order in which they were read.

    Raises:
        UnfitError: a document has changed, or cannot be read.
    """
    names: list[str] = []
    for written, including, digest in documents:
        name = relative_to(names[including], written) if names else mapping
        if sha256_of(_read(name)) != digest:
            raise UnfitError(f"{name} has changed since it was compiled")
        names.append(relative_to("", name))


def _read(name: str) -> bytes:
    path = mapping_file(name)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe could block for ever
            raise UnfitError(f"{name} is not a file")
        with open(path, "rb") as file:
            return file.read(_MAX_BYTES) if ends(path) else b""
    except OSError as error:
        raise UnfitError(f"{name} cannot be read: {error.strerror}") from error
