"""Build the layers that bring their Python, for functions of every runtime."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter.archive import CACHE, DebianPackages, FetchError
from interpreter.build_time import BuildTimePython, InterpreterError
from interpreter.contents import PYTHON, ContentsError, add_python, programs
from interpreter.deb import DebError, Tree
from interpreter.lock import LockError, read_lock
from interpreter.papers import PapersError, add_papers
from interpreter.processors import PROCESSORS, this_processor
from layer_archive import pack
from layer_assembly import COMPILERS, LAUNCHER, assemble
from layer_sources import LayerBuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interpreter.processors import Processor


def build_with_python(archives: Mapping[Path, tuple[Processor, ...]], lock_file: Path, *, newest_if_gone: bool) -> str:
    """Assemble the layers, compile them with the Python that they bring, and pack them.

    Args:
        archives: The files to write, each with the processors that it is for.
        lock_file: The lock of Debian's packages.
        newest_if_gone: Whether to use the newest packages of the suite if Debian no longer has the locked ones.

    Returns:
        The version of Python.

    Raises:
        LayerBuildError: something is missing.
    """
    host = this_processor()
    if host is None:
        raise LayerBuildError("the layer's own Python compiles it: build on Linux on x86_64 or arm64")
    try:
        lock = read_lock(lock_file)
        debian = DebianPackages(lock, CACHE, newest_if_gone=newest_if_gone)
        trees = {one: Tree(debian.files(one.debian)) for one in PROCESSORS}
        with tempfile.TemporaryDirectory() as scratch:
            whole = Path(scratch) / "whole"
            assemble(whole, lock.python)
            python = BuildTimePython(Path(scratch) / "python", trees[host], host, lock.python)
            add_python(whole, lock.python, trees, python.reached_modules(whole / "telemap"))
            python.run(Path(__file__).with_name(COMPILERS[0]), whole)
            python.run(Path(__file__).with_name(COMPILERS[1]), whole, "--replace")
            for number, (archive, processors) in enumerate(archives.items()):
                layer = Path(scratch) / f"layer-{number}"
                others = [one.machine for one in PROCESSORS if one not in processors]
                shutil.copytree(whole, layer)
                for machine in others:
                    shutil.rmtree(layer / PYTHON / machine)
                wanted = [one for processor in processors for one in debian.of(processor.debian)]
                add_papers(layer, lock.suite, wanted, {one.debian: trees[one] for one in processors})
                pack(layer, archive, frozenset({LAUNCHER}) | programs(processors))
    except (LockError, FetchError, DebError, ContentsError, PapersError, InterpreterError) as error:
        raise LayerBuildError(str(error)) from error
    return lock.python
