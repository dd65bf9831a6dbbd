"""Compute which modules of Python's standard library the layer's code can reach by import statements.

As a program, `python reach.py PACKAGES LIBRARY`, it prints their names, and those of modules in C, one a line. Run it
with the Python whose library it is: it parses the modules.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_AT_START = (
    # The interpreter's own start.
    "abc",
    "codecs",
    "encodings.ascii",
    "encodings.latin_1",
    "encodings.utf_8",
    "io",
    # Codecs, which are found by their names: of host names, of JSON and YAML, and of old zip files.
    "encodings.cp437",
    "encodings.idna",
    "encodings.punycode",
    "encodings.utf_16",
    "encodings.utf_16_be",
    "encodings.utf_16_le",
    "encodings.utf_32",
    "encodings.utf_32_be",
    "encodings.utf_32_le",
    "encodings.utf_8_sig",
)

_DENIED = frozenset(
    {
        # For developers, and for modules that are run as programs.
        "argparse",
        "bdb",
        "doctest",
        "getopt",
        "pdb",
        "py_compile",
        "pydoc",
        "pydoc_data",
        "test",
        "unittest",
        # Event loops, mail, cookies, and other programs' clients and servers.
        "asyncio",
        "email.policy",
        "ftplib",
        "http.cookiejar",
        "http.server",
        "webbrowser",
        "xmlrpc",
        # For archives of files, statistics, and files of macOS.
        "bz2",
        "fractions",
        "lzma",
        "plistlib",
        "statistics",
        "tarfile",
        # In C, or for other systems.
        "_aix_support",
        "_osx_support",
        "_py_abc",
        "_pydatetime",
        "_pydecimal",
        "_pyrepl",
        "ctypes",
        "distutils",
        "encodings.mbcs",
        "encodings.oem",
        # -S never imports it.
        "site",
        "sitecustomize",
    }
)
"""Modules that import statements mention, but that the layer never runs."""

SHARED_MODULES = frozenset({"_contextvars", "_decimal", "_json", "_multiprocessing", "_posixshmem", "_queue", "_ssl"})
"""Modules in C that may ship, beside those that are built into the interpreter.

All that import another do without it. `_hashlib` would load OpenSSL at each start, and its hashes are built in; `_uuid`
needs one more library, for a kind of identifiers that nothing here uses.
"""


class Module(NamedTuple):
    """A module.

    Attributes:
        source: its text.
        is_package: whether it is a package.
    """

    source: bytes
    is_package: bool


def named_modules(files: Iterable[tuple[str, bytes]]) -> dict[str, Module]:
    """Return modules by name.

    Args:
        files: paths relative to a folder on Python's path, and contents.
    """
    modules = {}
    for path, content in files:
        if path.endswith(".py"):
            *folders, last = path.removesuffix(".py").split("/")
            is_package = last == "__init__"
            modules[".".join(folders if is_package else [*folders, last])] = Module(content, is_package)
    return modules


def reached(code: Mapping[str, Module], library: Mapping[str, Module]) -> set[str]:
    """Return the names of the standard library's modules that code can reach, and of what else it names.

    Args:
        code: the modules of the layer.
        library: the modules of the standard library.
    """
    names: set[str] = set()
    remaining = [name for module_name, module in code.items() for name in _imports(module_name, module)]
    remaining += _AT_START
    while remaining:
        for name in _with_parents(remaining.pop()):
            if name in _DENIED:
                break
            if name not in names:
                names.add(name)
                if name in library and name not in code:
                    remaining += _imports(name, library[name])
    return names


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _imports(name: str, module: Module) -> frozenset[str]:
    """Return what a module imports at run time: modules, and names in modules, which may be modules."""
    found: set[str] = set()
    for node in _run(ast.parse(module.source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(name, module, node)
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return frozenset(found)


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes, without what is only for type checkers or runs when the module is a program."""
    remaining = [tree]
    while remaining:
        node = remaining.pop()
        yield node
        if isinstance(node, ast.If) and _is_never_true(node.test):
            remaining += node.orelse
        else:
            remaining += ast.iter_child_nodes(node)


def _is_never_true(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'"}


def _absolute(name: str, module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = name.split(".")
    parts = parts[: len(parts) - node.level + module.is_package]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _below(folder: Path) -> Iterator[tuple[str, bytes]]:
    return ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in folder.rglob("*.py") if path.is_file())


if __name__ == "__main__":
    _code, _library = (named_modules(_below(Path(name))) for name in sys.argv[1:])
    print(*sorted(reached(_code, _library) & (_library.keys() | SHARED_MODULES)), sep="\n")
