"""Compile a mapping to a file."""

from __future__ import annotations

import errno
import marshal
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from telemap.compiler import compile as compile_mapping
from telemap.load import load_traced
from telemap.plan import Plan
from telemap.plan_files.layout import MARK, MARSHAL_VERSION, pack, plan_path
from telemap.plan_files.plain import to_plain
from telemap.resources import mapping_path
from telemap.runtime.execution import to_code
from telemap.whole_file import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from telemap.model import Mapping

_NOT_KEPT: Final = frozenset({"name", "bind"})
"""Fields that are set when a plan is read: the name of the mapping, and the function of its code."""


def write_plan(name: str, file: Path | None = None, *, to_gateway: bool = True) -> tuple[Mapping, Path]:
    """Compile a mapping and write the plan to a file.

    The same mapping gives the same bytes. An existing file is replaced atomically, so that a start reads either the old
    plan or the new one.

    Args:
        name: the mapping: a path, or `telemap:NAME`.
        file: the file to write; by default next to the mapping, where starts look for it.
        to_gateway: whether a Pushgateway may get the metrics.

    Returns:
        The mapping, and the path of the file.

    Raises:
        MappingError: the mapping has errors.
        OSError: the file cannot be written.
    """
    mapping, documents = load_traced(name, to_gateway=to_gateway)
    plan = compile_mapping(mapping)
    values = {field.name: to_plain(getattr(plan, field.name)) for field in fields(Plan) if field.name not in _NOT_KEPT}
    body = marshal.dumps((documents, to_code(plan.code, name), values), MARSHAL_VERSION)
    path = file or plan_path(mapping_path(name))
    _require_plan(path)
    write_whole(path, pack(body))
    return mapping, path


def _require_plan(path: Path) -> None:
    """Check that a path is free or has a compiled plan, and not, for instance, a mapping."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        if file.read(len(MARK)) not in {MARK, b""}:
            raise FileExistsError(errno.EEXIST, "the file exists and is not a compiled plan", str(path))
