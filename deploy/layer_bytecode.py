"""Compile the modules of a layer: `python -I -S deploy/layer_bytecode.py LAYER`, with the Python that will run them.

Lambda mounts layers read-only, so modules that are not compiled here are compiled at each cold start. The bytecode has
unchecked hashes: Python does not check whether the sources have changed, because they cannot.
"""

import py_compile
import sys
import warnings
from importlib.util import cache_from_source
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # an isolated Python does not look beside its program

from layer_bundle import BundledModule, write_bundle
from layer_lowering import SUPPORT, lower

_MOUNTED = Path("/opt")
"""Lambda's mount point for layers; used in tracebacks, so that the bytecode contains no path of this machine."""


_READS_DOCSTRINGS = {"jsonpath_ng"}
"""Packages that read docstrings at run time: ply takes its grammar from them. Elsewhere they are dead weight."""


_OWN = ("telemap", "telemap_lambda")
"""Packages that are lowered and bundled; others are compiled beside their sources."""


def compile_all(layer: Path) -> None:
    """Compile every module, in a fixed order.

    Raises:
        py_compile.PyCompileError: a module does not compile.
        LoweringError: a module of ours cannot be lowered.
    """
    warnings.simplefilter("ignore")  # in third-party modules
    packages = layer / "telemap"
    own = {source: None for name in _OWN for source in sorted((packages / name).rglob("*.py"))}
    modules = [_bundled(source, packages) for source in own if source.name != "__main__.py"]
    write_bundle(packages / f"modules.{sys.implementation.cache_tag}.bundle", [*modules, _support()])
    for source in sorted(layer.rglob("*.py")):
        if source not in own:
            _compile(source, layer)


def _bundled(source: Path, packages: Path) -> BundledModule:
    path = source.relative_to(packages)
    parts = path.with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    shown = str(_MOUNTED / "telemap" / path)
    code = compile(lower(source.read_text(encoding="utf-8"), shown), shown, "exec", optimize=2, dont_inherit=True)
    return BundledModule(name, str(path), is_package, code)


def _support() -> BundledModule:
    source = Path(__file__).with_name(f"{SUPPORT}.py")
    shown = str(_MOUNTED / "telemap" / source.name)
    code = compile(source.read_text(encoding="utf-8"), shown, "exec", optimize=2, dont_inherit=True)
    return BundledModule(SUPPORT, source.name, is_package=False, code=code)


def _compile(source: Path, layer: Path) -> None:
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
