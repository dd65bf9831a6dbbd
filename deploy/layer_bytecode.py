"""Compile the modules of a layer: `python -I -S deploy/layer_bytecode.py LAYER [--replace]`.

Run it with the Python that will run the modules.

Lambda mounts layers read-only, so modules that are not compiled here are compiled at each cold start. The bytecode has
unchecked hashes: Python does not check whether the sources have changed, because they cannot. With --replace, it
replaces the sources, and modules that are frozen into the interpreter have none.
"""

import py_compile
import sys
import warnings
from importlib.machinery import FrozenImporter
from importlib.util import cache_from_source
from pathlib import Path

_MOUNTED = Path("/opt")
"""Lambda's mount point for layers; used in tracebacks, so that the bytecode contains no path of this machine."""


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
    """
    warnings.simplefilter("ignore")  # in third-party modules
    for source in sorted(layer.rglob("*.py")):
        if replace and _is_frozen(source.relative_to(layer)):
            source.unlink()
            continue
        keeps_docstrings = not _READS_DOCSTRINGS.isdisjoint(source.relative_to(layer).parts)
        py_compile.compile(
            str(source),
            cfile=str(source.with_suffix(".pyc")) if replace else cache_from_source(source, optimization=""),
            dfile=str(_MOUNTED / source.relative_to(layer)),
            doraise=True,
            optimize=0 if keeps_docstrings else 2,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        if replace:
            source.unlink()


def _is_frozen(source: Path) -> bool:
    """Return whether a module is of the layer's standard library, `telemap/python/lib/python3.X/`, and never read."""
    if source.parts[:3] != ("telemap", "python", "lib"):
        return False
    name = ".".join(source.with_suffix("").parts[4:])
    return name != _LANDMARK and FrozenImporter.find_spec(name) is not None


if __name__ == "__main__":
    compile_all(Path(sys.argv[1]).resolve(), replace="--replace" in sys.argv[2:])
