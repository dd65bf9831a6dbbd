"""The file of a compiled plan: its name, and what stands at its head.

Two lines of text, then bytes of `marshal`: whom the file is for, and the digest of those bytes. `marshal` must be given
nothing else than what it has written, in the same version of Python: it does not survive all else.
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
"""As in the name of a `.pyc`, so that plans for several versions of Python can lie side by side."""

_SHAPE: Final = sha256_of(
    repr(
        [(kind.__name__, [*kind.__dataclass_fields__]) for kind in (Plan, Needs, FamilyShape)] + [*Bindings._fields]
    ).encode()
)
"""What a plan is made of: it changes between two versions under development that have one number."""

MARK: Final = b"telemap "
"""How every compiled plan begins."""

_MADE_FOR: Final = MARK + f"{VERSION}, shape {_SHAPE[:12]}, Python {MAGIC_NUMBER.hex()}\n".encode()
"""Whom the file is for: this telemap, and the Pythons that have the byte code of this one."""

MARSHAL_VERSION: Final = 2
"""Later versions write references, which depend on what else the process holds: the same plan, but other bytes."""


class UnfitError(Exception):
    """A file holds no plan that can be used here; the message says why."""


def plan_path(mapping: Path) -> Path:
    """Return the path of a mapping's compiled plan: `mine.yaml.cpython-313.plan` beside `mine.yaml`."""
    return Path(f"{mapping}{_SUFFIX}")


def pack(body: bytes) -> bytes:
    """Put the head before what `marshal` has written."""
    return _MADE_FOR + f"{sha256_of(body)}\n".encode() + body


def unpack(content: bytes) -> bytes:
    """Take the head off.

    Raises:
        UnfitError: it was made by another telemap or for another Python, or has changed since.
    """
    if not content.startswith(_MADE_FOR):
        raise UnfitError("it was made by another version of telemap, or for another version of Python")
    digest, _, body = content[len(_MADE_FOR) :].partition(b"\n")
    if digest != sha256_of(body).encode():
        raise UnfitError("it is damaged")
    return body
