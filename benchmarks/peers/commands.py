"""Commands that start the peers."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from stands.layer import Layer

_HEAVY = Path(__file__).with_name("heavy.py")
_BARE = "import json, socket"


def heavy(layer: Layer) -> tuple[list[str], dict[str, str]]:
    """Return the command and variables of the heavy extension.

    It finds its packages through PYTHONPATH, without `site`, which would run code of the developer's environment.
    """
    packages = str(Path(boto3.__file__).parents[1])
    return [str(layer.functions_python), "-S", str(_HEAVY)], {**layer.environment, "PYTHONPATH": packages}


def bare_seconds(layer: Layer) -> float:
    """Run a Python that only imports what registering needs; return the seconds from start to end."""
    began = time.perf_counter()
    command = [str(layer.functions_python), "-I", "-S", "-c", _BARE]
    subprocess.run(command, env=layer.environment, check=True)  # noqa: S603 - our own command
    return time.perf_counter() - began
