"""Compile the modules of a layer: `python -I -S deploy/layer_bytecode.py LAYER`, by the Python that will run them.

Lambda mounts a layer read-only: what is not compiled here is compiled at each cold start. The layer's Python does not
check whether the sources have changed (unchecked hashes): they cannot.
"""

import py_compile
import sys
import warnings
from importlib.util import cache_from_source
from pathlib import Path

_MOUNTED = Path("/opt")
"""Where Lambda mounts the layer: what tracebacks name, so that no path of this machine is in the bytes."""


_READS_DOCSTRINGS = {"jsonpath_ng"}
"""Packages that read docstrings at run time: ply takes its grammar from them. Elsewhere they are dead weight."""


def compile_all(layer: Path) -> None:
    """Compile every module, in an order that is always the same.

    Raises:
        py_compile.PyCompileError: one does not compile.
    """
    warnings.simplefilter("ignore")  # of other people's modules
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
