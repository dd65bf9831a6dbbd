"""Put together what every layer has: the launcher, and the packages of this checkout with their dependencies."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from layer_contents import copy_wanted, cut_endpoints
from layer_sources import CHECKOUT, locked_packages, unpack_own_wheel

LAUNCHER = "extensions/telemap"

COMPILERS = ("layer_plans.py", "layer_bytecode.py")
"""The programs that compile a layer, for the Python that will run it."""


def assemble(layer: Path, version: str) -> None:
    """Put launcher and packages into a layer.

    Args:
        layer: The folder to create.
        version: The version of Python that the packages are for.

    Raises:
        LayerBuildError: something is missing.
    """
    packages = layer / "telemap"
    with tempfile.TemporaryDirectory() as own:
        unpack_own_wheel(Path(own))
        copy_wanted(Path(own), packages)
    copy_wanted(locked_packages(version), packages)
    cut_endpoints(packages)
    (layer / LAUNCHER).parent.mkdir()
    shutil.copyfile(CHECKOUT / LAUNCHER, layer / LAUNCHER)
