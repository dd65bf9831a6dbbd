"""Bundle the bytecode of modules in one file, which `layer_finder` imports from.

The file begins with the magic number of Python's bytecode and the size of the table, then has the table and the code of
all modules, marshalled.
"""

from __future__ import annotations

import marshal
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD_BYTES = 8


class BundledModule(NamedTuple):
    """A module for the bundle.

    Attributes:
        name: its full name.
        path: the path of its source, relative to the bundle's folder.
        is_package: whether it has submodules.
        code: its code.
    """

    name: str
    path: str
    is_package: bool
    code: CodeType


def _dumped(code: CodeType) -> bytes:
    """Marshal code to bytes that depend on it alone: `marshal` writes objects with a single reference differently."""
    kept: list[object] = []
    _keep(code, kept)
    return marshal.dumps(code)


def _keep(value: object, kept: list[object]) -> None:
    kept.append(value)
    if isinstance(value, CodeType):
        for name in dir(value):
            if name.startswith("co_") and name not in {"co_lines", "co_positions"}:
                _keep(getattr(value, name), kept)
    elif isinstance(value, tuple | frozenset):
        for item in value:
            _keep(item, kept)


def bundle_name() -> str:
    """Return the name of this Python's bundle; `telemap_lambda/__main__.py` opens it."""
    return f"modules.{sys.implementation.cache_tag}.bundle"


def write_bundle(file: Path, modules: Iterable[BundledModule]) -> None:
    """Write a bundle; the same modules yield the same bytes."""
    codes = [(module, _dumped(module.code)) for module in sorted(modules, key=lambda module: module.name)]
    finder = Path(__file__).with_name("layer_finder.py")
    run = compile(finder.read_text(encoding="utf-8"), f"/opt/telemap/{finder.name}", "exec", optimize=2)
    at = 0
    for _ in range(3):  # the table's size depends on the numbers in it
        begin, table = at, {}
        for module, code in codes:
            table[module.name] = (at, len(code), module.path, module.is_package)
            at += len(code)
        head = marshal.dumps((run, table))
        at = HEAD_BYTES + len(head)
        if at == begin:
            break
    content = MAGIC_NUMBER + len(head).to_bytes(4, "little") + head + b"".join(code for _, code in codes)
    file.write_bytes(content)
