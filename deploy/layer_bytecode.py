"""Compile the modules of a layer: `python -I -S deploy/layer_bytecode.py LAYER`, with the Python that will run them.

Lambda mounts layers read-only, so modules that are not compiled here are compiled at each cold start. The bytecode has
unchecked hashes: Python does not check whether the sources have changed, because they cannot.
"""

import py_compile
import sys
import warnings
from importlib.util import cache_from_source
from pathlib import Path

_MOUNTED = Path("/opt")
"""Lambda's mount point for layers; used in tracebacks, so that the bytecode contains no path of this machine."""


_READS_DOCSTRINGS = {"jsonpath_ng"}
"""Packages that read docstrings at run time: ply takes its grammar from them. Elsewhere they are dead weight."""


def compile_all(layer: Path) -> None:
    """Compile every module, in a fixed order.

    Raises:
        py_compile.PyCompileError: a module does not compile.
    """
    warnings.simplefilter("ignore")  # in third-party modules
    for source in sorted(layer.rglob("*.py")):
        keeps_docstrings = not _READS_DOCSTRINGS.isdisjoint(source.relative_to(layer).parts)
        py_compile.compile(
            str(source),
            cfile=cache_from_source(source, optimization=""),  # where a Python without -OO looks
            dfile=str(_MOUNTED / source.relative_to(layer)),
            doraise=True,
            optimize=0 if keeps_docstrings else 2,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


if __name__ == "__main__":
    compile_all(Path(sys.argv[1]).resolve())
