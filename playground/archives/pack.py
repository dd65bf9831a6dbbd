"""Pack the Python that the worker needs: the modules that the engine can import, and no others.

Runs in Pyodide under Node, so that the Python that compiles them is the one that loads them. Imports are followed as they
are written, also those within functions, so that what only a rare mapping needs is there, too.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import os
import zipfile
from importlib import _bootstrap_external  # type: ignore[attr-defined]  # the one place that knows the header of a .pyc

CUT = {
    "telemap.cli",
    "telemap.plan_files",  # compiled plans are for starts of an extension
    "telemap.push",
    "telemap.remote_write",
    "prometheus_client",  # `Store.collect` is for registries
    *("argparse", "rich"),  # there is no terminal
    *("ctypes", "multiprocessing", "select", "selectors", "subprocess"),  # there is one thread, and no other code
    *("email", "ftplib", "http", "mimetypes", "netrc", "socket", "ssl", "urllib.request", "urllib.response"),  # no network
    *("bz2", "compression", "lzma", "pickle", "shutil", "tarfile", "tempfile", "zipfile"),  # there are no files to keep
    *("_pyrepl", "code", "doctest", "pdb", "plistlib", "py_compile", "pydoc", "tracemalloc", "unittest"),  # for developers
    *("gettext", "importlib.metadata", "importlib.resources", "importlib.readers", "locale", "platform", "statistics", "xml"),
    *("_pydatetime", "importlib._bootstrap", "importlib._bootstrap_external"),  # they are there as C, and frozen
}
"""Modules that others try to import, or import in functions that are not called."""

ASKED_BY_C = ("_strptime", "site")
"""Modules that Python's C code imports by name. Pyodide's imports all of the package `_pyodide`."""

CODECS = ("ascii", "latin_1", "unicode_escape", "utf_8", "utf_16", "utf_16_be", "utf_16_le", "utf_32")

STAMP = (1980, 1, 1, 0, 0, 0)
"""The time of all files, so that the same sources make the same archives."""


class Modules:
    """Finds the modules that are needed.

    Args:
        folders: where modules are looked for, in this order.
    """

    def __init__(self, folders: list[str]) -> None:
        self._folders = folders
        self.files: dict[str, str] = {}

    def add(self, *names: str) -> None:
        """Add modules, the packages that they are in, and what they import."""
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            package = name.rpartition(".")[0]
            if name in self.files or _is_cut(name):
                continue
            if (path := self._find(name)) is not None:
                self.files[name] = path
                waiting += _imported(name, path)
                waiting += [package] if package else []

    def _find(self, name: str) -> str | None:
        """Return the source of a module; none if it is written in C, or is no module but a name in one."""
        for folder in self._folders:
            base = os.path.join(folder, *name.split("."))
            for path in (os.path.join(base, "__init__.py"), f"{base}.py"):
                if os.path.isfile(path):
                    return path
        return None


def _modules_below(folder: str, package: str) -> list[str]:
    paths = [os.path.join(below, name) for below, _, names in os.walk(os.path.join(folder, package)) for name in names]
    names = [os.path.relpath(path, folder).removesuffix(".py").replace("/", ".") for path in paths if path.endswith(".py")]
    return [name.removesuffix(".__init__") for name in names]


def _is_cut(name: str) -> bool:
    return any(name == cut or name.startswith(f"{cut}.") for cut in CUT)


def _imported(name: str, path: str) -> list[str]:
    """Return all names that a module may import, except for a type checker."""
    with open(path, encoding="utf-8") as file:
        waiting: list[ast.AST] = [ast.parse(file.read())]
    package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
    found = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            found += [module, *(f"{module}.{alias.name}" for alias in node.names)]
        waiting += ast.iter_child_nodes(node)
    return found


def _compiled(name: str, path: str, *, strip: bool) -> tuple[str, bytes]:
    """Return a module's path in an archive and its code, which holds for any source; stripped of docstrings, if wanted."""
    with open(path, "rb") as file:
        source = file.read()
    inside = name.replace(".", "/") + ("/__init__" if path.endswith("__init__.py") else "")
    code = compile(source, f"{inside}.py", "exec", dont_inherit=True, optimize=2 if strip else 0)
    data = _bootstrap_external._code_to_hash_pyc(code, importlib.util.source_hash(source), False)  # noqa: FBT003, SLF001
    return f"{inside}.pyc", bytes(data)


def _zip(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, STAMP), files[name], zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _shipped(mappings: str, schema: str) -> dict[str, bytes]:
    """Return the files that the engine reads: the shipped mappings, and what events look like."""
    names = [name for name in os.listdir(mappings) if name.endswith(".yaml") and not name.endswith(".test.yaml")]
    found = {f"telemap/mappings/{name}": os.path.join(mappings, name) for name in names}
    found["telemap/schema/telemetry-event.schema.json"] = os.path.join(schema, "telemetry-event.schema.json")
    contents = {}
    for inside, path in found.items():
        with open(path, "rb") as file:
            contents[inside] = file.read()
    return contents


def pack(library: str, worker: str, engine: str, packages: str, mappings: str, schema: str) -> tuple[bytes, bytes]:
    """Return the archive of the standard library and that of the engine.

    Args:
        library: the folder of Pyodide's standard library.
        worker: the folder of the worker's own modules.
        engine: the folder of the package `telemap`.
        packages: the folder of the packages that the engine imports.
        mappings: the folder of the shipped mappings.
        schema: the folder of the schemas.

    Returns:
        A zip file of compiled modules, and the engine's files one after the other, after a line of JSON with the name
        and length of each.
    """
    modules = Modules([worker, library, engine, packages])
    modules.add(*_modules_below(engine, "telemap"))  # some are imported by name
    bridge = [name.removesuffix(".py") for name in os.listdir(os.path.join(library, "_pyodide"))]
    modules.add("answering", "confinement", *ASKED_BY_C, "asyncio", *(f"_pyodide.{name}" for name in bridge), *(f"encodings.{codec}" for codec in CODECS))
    modules.add("pyodide.code", "pyodide.ffi", "pyodide._package_loader")
    standard: dict[str, bytes] = {}
    others: dict[str, bytes] = {}
    for name, path in modules.files.items():
        is_standard = path.startswith((library, worker)) and name not in {"answering", "confinement"}
        # jsonpath_ng's grammar is in docstrings, and Pyodide copies some.
        inside, code = _compiled(name, path, strip=is_standard and not name.startswith("_pyodide"))
        (standard if is_standard else others)[inside] = code
    others |= _shipped(mappings, schema)
    index = json.dumps([[name, len(others[name])] for name in sorted(others)], separators=(",", ":"))
    return _zip(standard), index.encode() + b"\n" + b"".join(others[name] for name in sorted(others))
