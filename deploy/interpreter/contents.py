"""Put Python into a layer: `telemap/python/MACHINE/` for each processor, and one standard library for all of them.

    telemap/python/x86_64/{ld.so,python3.elf,python3,*.so.*}    lib/python3.11/lib-dynload/*.so below it
    telemap/python/lib/python3.11/

`python3` is a script that starts `python3.elf` with `ld.so`, as the launcher does: it is what `sys.executable` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.elf import needed_libraries
from interpreter.reach import SHARED_MODULES, named_modules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from interpreter.deb import Tree
    from interpreter.processors import Processor
    from interpreter.reach import Module

PYTHON = "telemap/python"
"""The folder of Python in a layer."""

_LOADED_LATER = ("libgcc_s.so.1",)
"""Libraries that no file names: glibc opens this one when a thread ends."""

_START = """#!/bin/sh
# What sys.executable names: the program alone would ask for the loader of the machine.
here=${0%/*}
exec "$here/ld.so" --library-path "$here" --argv0 "$0" "$here/python3.elf" "$@"
"""


class ContentsError(Exception):
    """Debian's packages lack a file; the message names it."""


def programs(processors: tuple[Processor, ...]) -> frozenset[str]:
    """Return the names of the executable files in the layer."""
    names = ("ld.so", "python3", "python3.elf")
    return frozenset(f"{PYTHON}/{one.machine}/{name}" for one in processors for name in names)


def add_python(layer: Path, version: str, trees: Mapping[Processor, Tree], wanted: set[str]) -> None:
    """Add Python for each processor, with the modules that are wanted, in source.

    Args:
        layer: the layer, complete but for Python.
        version: such as `3.11`.
        trees: the files of Debian's packages.
        wanted: names of modules, also of those in C.

    Raises:
        ContentsError: a file is missing, or the standard library differs between processors.
    """
    for processor, tree in trees.items():
        library = named_modules(tree.below(f"usr/lib/python{version}"))
        _add_modules(layer / PYTHON / "lib" / f"python{version}", library, wanted)
        _add_machine(layer / PYTHON / processor.machine, version, processor, tree, wanted & SHARED_MODULES)


def _add_modules(folder: Path, library: Mapping[str, Module], wanted: set[str]) -> None:
    for name in sorted(wanted & library.keys()):
        module = library[name]
        path = folder / (name.replace(".", "/") + ("/__init__.py" if module.is_package else ".py"))
        if path.exists() and path.read_bytes() != module.source:
            raise ContentsError(f"the module {name} differs between processors")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(module.source)


def _add_machine(folder: Path, version: str, processor: Processor, tree: Tree, shared: set[str]) -> None:
    program = _file(tree, f"usr/bin/python{version}")
    modules = {name: content for name, content in _shared_modules(tree, version) if name.split(".")[0] in shared}
    (folder / "lib" / f"python{version}" / "lib-dynload").mkdir(parents=True)
    for name, content in modules.items():
        (folder / "lib" / f"python{version}" / "lib-dynload" / name).write_bytes(content)
    (folder / "python3.elf").write_bytes(program)
    (folder / "python3").write_text(_START)
    needed = [*_LOADED_LATER, *(name for content in (program, *modules.values()) for name in needed_libraries(content))]
    while needed:
        name = needed.pop()
        target = folder / ("ld.so" if name == processor.loader else name)
        if not target.exists():
            library = _library(tree, processor, name)
            target.write_bytes(library)
            needed += needed_libraries(library)


def _shared_modules(tree: Tree, version: str) -> Iterator[tuple[str, bytes]]:
    return tree.below(f"usr/lib/python{version}/lib-dynload")


def _library(tree: Tree, processor: Processor, name: str) -> bytes:
    for folder in ("lib", "usr/lib"):
        if (found := tree.read(f"{folder}/{processor.triplet}/{name}")) is not None:
            return found
    raise ContentsError(f"Debian's packages have no {name} for {processor.aws}")


def _file(tree: Tree, path: str) -> bytes:
    content = tree.read(path)
    if content is None:
        raise ContentsError(f"Debian's packages have no {path}")
    return content
