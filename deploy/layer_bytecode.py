"""Compile the modules of a layer: `python -I -S -X no_debug_ranges deploy/layer_bytecode.py LAYER [--replace]`.

Run it with the Python that will run the modules.

Lambda mounts layers read-only, so modules that are not compiled here are compiled at each cold start. The layer's own
packages are lowered and bundled in one file (`layer_lowering`, `layer_bundle`). Other bytecode is beside its sources.
It has unchecked hashes: Python does not check whether the sources have changed, because they cannot. With --replace, it
replaces the sources, and modules that are frozen into the interpreter have none.
"""

import py_compile
import sys
import warnings
from importlib.machinery import FrozenImporter
from importlib.util import cache_from_source
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # an isolated Python does not look beside its program

from layer_bundle import BundledModule, bundle_name, write_bundle
from layer_classes import SUPPORT
from layer_lowering import lower

_MOUNTED = Path("/opt")
"""Lambda's mount point for layers; used in tracebacks, so that the bytecode contains no path of this machine."""

_OWN = ("telemap", "telemap_lambda")
"""Packages that are lowered and bundled."""

_PROGRAMS = {"__main__.py", "secret_child.py"}
"""Their modules that Python is started with."""

_READS_DOCSTRINGS = {"jsonpath_ng"}
"""Packages that read docstrings at run time: ply takes its grammar from them. Elsewhere they are dead weight."""

_LANDMARK = "os"
"""The module by whose file Python finds its standard library, though it is frozen."""


def compile_all(layer: Path, *, replace: bool) -> None:
    """Compile every module, in a fixed order.

    Args:
        layer: the layer's folder.
        replace: whether the bytecode replaces the sources; else it goes where a Python without -OO looks for it.

    Raises:
        py_compile.PyCompileError: a module does not compile.
        LoweringError: a module of ours has a declaration that cannot be lowered.
    """
    warnings.simplefilter("ignore")  # in third-party modules
    packages = layer / "telemap"
    own = [source for name in _OWN for source in sorted((packages / name).rglob("*.py"))]
    modules = [_bundled(source, packages, replace=replace) for source in own if source.name != "__main__.py"]
    write_bundle(packages / bundle_name(), [*modules, _support()])
    bundled = {source for source in own if source.name not in _PROGRAMS}
    for source in sorted(layer.rglob("*.py")):
        is_frozen = replace and _is_frozen(source.relative_to(layer))
        if source not in bundled and not is_frozen:
            _compile(source, layer, replace=replace)
        if replace:
            source.unlink()


def _bundled(source: Path, packages: Path, *, replace: bool) -> BundledModule:
    """Lower and compile a module for the bundle."""
    path = source.relative_to(packages)
    parts = path.with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    shown = str(_MOUNTED / "telemap" / path)
    code = compile(lower(source.read_text(encoding="utf-8"), shown), shown, "exec", optimize=2, dont_inherit=True)
    return BundledModule(name, str(path.with_suffix(".pyc") if replace else path), is_package, code)


def _support() -> BundledModule:
    """Compile what lowered modules use."""
    source = Path(__file__).with_name(f"{SUPPORT}.py")
    shown = str(_MOUNTED / "telemap" / source.name)
    code = compile(source.read_text(encoding="utf-8"), shown, "exec", optimize=2, dont_inherit=True)
    return BundledModule(SUPPORT, source.name, is_package=False, code=code)


def _compile(source: Path, layer: Path, *, replace: bool) -> None:
    """Compile a module as it is."""
    keeps_docstrings = not _READS_DOCSTRINGS.isdisjoint(source.relative_to(layer).parts)
    py_compile.compile(
        str(source),
        cfile=str(source.with_suffix(".pyc")) if replace else cache_from_source(source, optimization=""),
        dfile=str(_MOUNTED / source.relative_to(layer)),
        doraise=True,
        optimize=0 if keeps_docstrings else 2,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def _is_frozen(source: Path) -> bool:
    """Return whether a module is of the layer's standard library, `telemap/python/lib/python3.X/`, and never read."""
    if source.parts[:3] != ("telemap", "python", "lib"):
        return False
    name = ".".join(source.with_suffix("").parts[4:])
    return name != _LANDMARK and FrozenImporter.find_spec(name) is not None


if __name__ == "__main__":
    compile_all(Path(sys.argv[1]).resolve(), replace="--replace" in sys.argv[2:])
