"""Build the layer without a Python of its own, for functions that run Python."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from interpreter.build_time import OPTIONS
from layer_archive import pack
from layer_assembly import COMPILERS, LAUNCHER, assemble
from layer_sources import LayerBuildError, version_of


def build_thin(archive: Path, python: str) -> str:
    """Assemble the layer, compile it and pack it.

    Args:
        archive: The file to write.
        python: The Python to compile for.

    Returns:
        The version of Python.

    Raises:
        LayerBuildError: something is missing.
    """
    version = version_of(python)
    with tempfile.TemporaryDirectory() as scratch:
        layer = Path(scratch) / "layer"
        assemble(layer, version)
        _compile(layer, python)
        pack(layer, archive, frozenset({LAUNCHER}))
    return version


def _compile(layer: Path, python: str) -> None:
    """Compile with the Python that will run the layer, because bytecode differs between versions."""
    for program in COMPILERS:
        command = [python, *OPTIONS, str(Path(__file__).with_name(program)), str(layer)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - chosen by the user
        if done.returncode:
            message = f"{python} cannot compile the layer:\n{done.stderr}"
            raise LayerBuildError(message)
