"""Row 12: the size of the layer, and the number of imports before registering."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from result import Result, Target, stated
from stands.layer import Layer, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from effort import Effort


_COUNT = Path(__file__).parents[1] / "stands" / "count_modules.py"


def measure(effort: Effort) -> Iterator[Result]:
    """Measure the unpacked layer."""
    with unpacked(effort.layer) as layer:
        if layer.built:
            size = sum(path.stat().st_size for path in layer.folder.rglob("*") if path.is_file()) / 1e6
            yield stated("12", "unzipped size of the layer", [size], "MB", Target(most=26))
        modules = _modules(layer)
        yield stated("12", "modules imported before register", [float(modules)], "modules", Target(most=70))


def _modules(layer: Layer) -> int:
    command = [str(layer.python), "-I", "-S", str(_COUNT), str(layer.main), str(layer.launcher)]
    environment = {**layer.environment, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    return int(done.stdout)
