"""Compile the modules of a layer: `python -I -S deploy/layer_bytecode.py LAYER`, with the Python that will run them.

Lambda mounts layers read-only, so modules that are not compiled here are compiled at each cold start. The bytecode has
unchecked hashes: Python does not check whether the sources have changed, because they cannot.
"""

import py_compile
import sys
import warnings
from pathlib import Path

_MOUNTED = Path("/opt")
"""Where Lambda mounts the layer; used in tracebacks, so that the bytecode contains no path of this machine."""


def compile_all(layer: Path) -> None:
    """Compile every module, in a fixed order.

    Raises:
        py_compile.PyCompileError: a module does not compile.
    """
    warnings.simplefilter("ignore")  # in third-party modules
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
