"""Row 11: CPU time of loading and compiling a mapping, from the layer, with PyYAML in pure Python."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from inputs import many_families
from measuring import in_turn
from result import Result, Target, stated
from rows.applying import MAPPING
from stands.layer import Layer, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from effort import Effort

_LOAD_ONCE = Path(__file__).parents[1] / "stands" / "load_once.py"
_FIRST = "telemap:platform"
"""A mapping to load first in the same process, which imports everything that a mapping needs."""


def measure(effort: Effort) -> Iterator[Result]:
    """Measure in fresh processes, because a process loads a mapping only once."""
    number = effort.families[-1]
    with unpacked(effort.layer) as layer, tempfile.TemporaryDirectory() as folder:
        large = many_families.write(Path(folder), number, reports=5)
        actions = [
            lambda: _seconds(layer, _FIRST, str(MAPPING)),
            lambda: _seconds(layer, str(MAPPING)),
            lambda: _seconds(layer, _FIRST, str(large)),
        ]
        twelve, imported, many = in_turn(actions, max(effort.slow_starts, 2))
    yield stated("11", "CPU time to load and compile 12 families", twelve, "s", Target(most=0.015))
    yield stated("11, first", "the same with what is imported for it", imported, "s", None)
    yield stated("11", f"CPU time to load and compile {number:,} families", many, "s", Target(most=1.5))


def _seconds(layer: Layer, *mappings: str) -> float:
    command = [str(layer.python), "-I", "-S", str(_LOAD_ONCE), str(layer.modules), *mappings]
    done = subprocess.run(command, env=layer.environment, check=True, capture_output=True, text=True)  # noqa: S603
    return float(done.stdout)
