"""Compile the modules of a layer: `python -I -S deploy/layer_bytecode.py LAYER`, by the Python that will run them.

Lambda mounts a layer read-only: what is not compiled here is compiled at each cold start. The layer's Python does not
look whether the sources have changed (unchecked hashes), for they cannot.
"""

import py_compile
import sys
import warnings
from pathlib import Path

_MOUNTED = Path("/opt")
"""Where Lambda mounts the layer: what tracebacks name, so that no path of this machine is in the bytes."""


def compile_all(layer: Path) -> None:
    """Compile every module, in an order that is always the same.

    Raises:
        py_compile.PyCompileError: one does not compile.
    """
    warnings.simplefilter("ignore")  # of other people's modules
    for source in sorted(layer.rglob("*.py")):
        py_compile.compile(
            str(source),
            dfile=str(_MOUNTED / source.relative_to(layer)),
            doraise=True,
            optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


if __name__ == "__main__":
    compile_all(Path(sys.argv[1]).resolve())
