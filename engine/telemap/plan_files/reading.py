"""Read the compiled plan of a mapping."""

from __future__ import annotations

import marshal
import os
import stat
from typing import TYPE_CHECKING, Final

from telemap.endless import ends
from telemap.plan import Plan
from telemap.plan_files.documents import require_unchanged
from telemap.plan_files.layout import UnfitError, plan_file, unpack
from telemap.plan_files.plain import from_plain
from telemap.resources import mapping_file
from telemap.runtime.execution import execute

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_BYTES: Final = 64 * 1024 * 1024
"""Far more than the plan of any valid mapping."""

_ROOT: Final = 0


def read_plan(name: str, say: Callable[[str], None]) -> Plan | None:
    """Read the plan that `telemap compile` wrote next to a mapping.

    Args:
        name: the mapping: a path, or `telemap:NAME`.
        say: called with a message if there is a plan that cannot be used.

    Returns:
        A plan equal to what compiling the mapping would return; None if there is none that can be used.
    """
    mapping = mapping_file(name)
    path = plan_file(mapping)
    try:
        content = _read(path, mapping)
        return None if content is None else _plan(name, unpack(content))
    except UnfitError as reason:
        say(f"the compiled plan {path} is not used: {reason}")
    return None


def _read(path: str, mapping: str) -> bytes | None:
    """Read the file; None if it does not exist.

    Raises:
        UnfitError: it cannot be read, or belongs to another user.
    """
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the name
        return None
    except OSError as error:
        raise UnfitError(f"it cannot be read: {error.strerror}") from error
    try:
        if not stat.S_ISREG(found.st_mode):
            return None
        if found.st_uid not in {_ROOT, os.stat(mapping).st_uid}:
            raise UnfitError("it belongs neither to the mapping's owner nor to root")
        with open(path, "rb") as file:
            return file.read(_MAX_BYTES) if ends(path) else b""
    except OSError as error:
        raise UnfitError(f"it cannot be read: {error.strerror}") from error


def _plan(name: str, body: bytes) -> Plan:
    """Read the plan after the header.

    Raises:
        UnfitError: the mapping has changed, or the data is not a plan.
    """
    try:
        documents, code, values = marshal.loads(body)  # noqa: S302 - the header has been checked
        require_unchanged(name, documents)
        return Plan(name=name, bind=execute(code), **{field: from_plain(value) for field, value in values.items()})
    except (EOFError, TypeError, ValueError, LookupError, AttributeError, NameError) as error:
        raise UnfitError(f"it is invalid: {error}") from error
