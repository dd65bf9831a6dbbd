"""The name and the layout of the file with a compiled plan.

Two lines of text, the versions that the file is for and the digest of the rest, are followed by data of `marshal`,
which may only read what it has written in the same version of Python.
"""

from __future__ import annotations

import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Final

from telemap.digest import sha256_of
from telemap.plan import Bindings, FamilyShape, Needs, Plan
from telemap.version import VERSION

_SUFFIX: Final = f".{sys.implementation.cache_tag}.plan"
"""Like that of a `.pyc` file, so that plans for several versions of Python can be side by side."""

_SHAPE: Final = sha256_of(
    repr(
        [(kind.__name__, [*kind.__dataclass_fields__]) for kind in (Plan, Needs, FamilyShape)] + [*Bindings._fields]
    ).encode()
)
"""The fields of a plan, which may change during development without a new version."""

MARK: Final = b"telemap "
"""The beginning of every compiled plan."""

_MADE_FOR: Final = MARK + f"{VERSION}, shape {_SHAPE[:12]}, Python {MAGIC_NUMBER.hex()}\n".encode()
"""The header: this version of telemap, and this version of Python's byte code."""

MARSHAL_VERSION: Final = 2
"""Later versions write references that depend on other objects in the process, so the bytes would differ."""


class UnfitError(Exception):
    """A compiled plan cannot be used; the message says why."""


def plan_path(mapping: Path) -> Path:
    """Return the path of a mapping's compiled plan: `mine.yaml.cpython-313.plan` beside `mine.yaml`."""
    return Path(plan_file(str(mapping)))


def plan_file(mapping: str) -> str:
    """Return the path of a compiled plan, as `plan_path` does, as text."""
    return f"{mapping}{_SUFFIX}"


def pack(body: bytes) -> bytes:
    """Prepend the header to data of `marshal`."""
    return _MADE_FOR + f"{sha256_of(body)}\n".encode() + body


def unpack(content: bytes) -> bytes:
    """Check and remove the header.

    Raises:
        UnfitError: the file is for another version of telemap or Python, or is damaged.
    """
    if not content.startswith(_MADE_FOR):
        raise UnfitError("it was made by another version of telemap, or for another version of Python")
    digest, _, body = content[len(_MADE_FOR) :].partition(b"\n")
    if digest != sha256_of(body).encode():
        raise UnfitError("it is damaged")
    return body
