"""Pack the Python that the worker needs: the modules that the engine can import, and no others.

Runs in Pyodide under Node, so that the Python that compiles them is the one that loads them. Imports are followed as
they are written, also those within functions, so that what only a rare mapping needs is there, too.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import marshal
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

CUT = {
    *("telemap.cli", "telemap.plan_files", "telemap.push", "telemap.remote_write"),  # for a terminal and an extension
    "prometheus_client",  # `Store.collect` is for registries
    *("argparse", "rich"),  # there is no terminal
    *("ctypes", "multiprocessing", "select", "selectors", "subprocess"),  # there is one thread, and no other code
    *("email", "ftplib", "http", "mimetypes", "netrc", "socket", "ssl", "urllib.request", "urllib.response"),
    *("bz2", "compression", "lzma", "pickle", "shutil", "tarfile", "tempfile", "zipfile"),  # there are no files to keep
    *("_pyrepl", "code", "doctest", "pdb", "plistlib", "py_compile", "pydoc", "tracemalloc", "unittest"),
    *("gettext", "importlib.metadata", "importlib.readers", "importlib.resources", "locale", "platform", "statistics"),
    *("xml", "_pydatetime", "importlib._bootstrap", "importlib._bootstrap_external"),  # the last three are there as C
}
"""Modules that others try to import, or import in functions that are not called here."""

OWN = ("answering", "confinement")
"""Modules of the worker that the page calls; the others beside them stand in for modules of Python and Pyodide."""

ASKED_BY_C = ("_strptime", "site", "asyncio", "pyodide.code", "pyodide.ffi", "pyodide._package_loader")
"""Modules that Python's and Pyodide's own C code imports by name, beside the package `_pyodide`."""

CODECS = ("ascii", "latin_1", "unicode_escape", "utf_8", "utf_16", "utf_16_be", "utf_16_le", "utf_32")

_STAMP = (1980, 1, 1, 0, 0, 0)
"""The time of all files, so that the same sources make the same archives."""


class Modules:
    """Finds the modules that are needed.

    Args:
        folders: where modules are looked for, in this order.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self.files: dict[str, Path] = {}

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

    def _find(self, name: str) -> Path | None:
        """Return the source of a module; none if it is written in C, or is no module but a name in one."""
        for folder in self._folders:
            base = folder.joinpath(*name.split("."))
            for path in (base / "__init__.py", base.with_name(f"{base.name}.py")):
                if path.is_file():
                    return path
        return None


def _is_cut(name: str) -> bool:
    return any(name == cut or name.startswith(f"{cut}.") for cut in CUT)


def _imported(name: str, path: Path) -> list[str]:
    """Return all names that a module may import, except for a type checker."""
    waiting: list[ast.AST] = [ast.parse(path.read_bytes())]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
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


def _below(folder: Path, package: str) -> Iterator[str]:
    """Yield the names of all modules of a package: some are imported by name."""
    for path in sorted((folder / package).rglob("*.py")):
        yield ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")


def _compiled(name: str, path: Path, *, strip: bool) -> tuple[str, bytes]:
    """Return a module's path in an archive, and its code; without docstrings and assertions if `strip`.

    The header says that the code holds whatever the source is: https://peps.python.org/pep-0552/.
    """
    inside = name.replace(".", "/") + ("/__init__" if path.name == "__init__.py" else "")
    source = path.read_bytes()
    code = compile(source, f"{inside}.py", "exec", dont_inherit=True, optimize=2 if strip else 0)
    header = importlib.util.MAGIC_NUMBER + b"\1\0\0\0" + importlib.util.source_hash(source)
    return f"{inside}.pyc", header + marshal.dumps(code)


def _zip(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, _STAMP), files[name], zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _shipped(mappings: Path, schema: Path) -> dict[str, bytes]:
    """Return the files that the engine reads: the shipped mappings, and what events look like."""
    paths = [path for path in mappings.rglob("*.yaml") if not path.name.endswith(".test.yaml")]
    found = {f"telemap/mappings/{path.relative_to(mappings)}": path.read_bytes() for path in paths}
    event = "telemetry-event.schema.json"
    return {**found, f"telemap/schema/{event}": (schema / event).read_bytes()}


def pack(library: Path, worker: Path, engine: Path, packages: Path, shipped: Path) -> tuple[bytes, bytes]:
    """Return the archive of the standard library and that of the engine.

    Args:
        library: the folder of Pyodide's standard library.
        worker: the folder of the worker's own modules.
        engine: the folder of the package `telemap`.
        packages: the folder of the packages that the engine imports.
        shipped: the folder of `mappings` and `schema`.

    Returns:
        A zip file of compiled modules, and the engine's files one after the other, after a line of JSON with the name
        and length of each.
    """
    modules = Modules([worker, library, engine, packages])
    modules.add(*OWN, *ASKED_BY_C, *_below(library, "_pyodide"), *(f"encodings.{codec}" for codec in CODECS))
    modules.add(*_below(engine, "telemap"))
    standard: dict[str, bytes] = {}
    others = _shipped(shipped / "mappings", shipped / "schema")
    for name, path in modules.files.items():
        is_standard = path.is_relative_to(library) or (path.is_relative_to(worker) and name not in OWN)
        # jsonpath_ng's grammar is in docstrings, and Pyodide copies some.
        inside, code = _compiled(name, path, strip=is_standard and not name.startswith("_pyodide"))
        (standard if is_standard else others)[inside] = code
    index = json.dumps([[name, len(others[name])] for name in sorted(others)], separators=(",", ":"))
    return _zip(standard), index.encode() + b"\n" + b"".join(others[name] for name in sorted(others))
