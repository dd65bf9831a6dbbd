"""Compile the shipped mappings of a layer: `python -I -S -B deploy/layer_plans.py LAYER`.

Run it with the Python that will read the plans. A start with one of these mappings then needs neither PyYAML nor the
compiler. Examples are not compiled.
"""

import sys
from pathlib import Path


def compile_shipped(layer: Path) -> None:
    """Write the plan of each shipped mapping next to it, using the layer's own telemap."""
    sys.path.insert(0, str(layer / "telemap"))
    from telemap.plan_files.writing import write_plan  # noqa: PLC0415 - the layer's, not the checkout's
    from telemap.resources import shipped_mappings  # noqa: PLC0415 - as above

    for name in shipped_mappings():
        if "/" not in name:
            write_plan(name)


if __name__ == "__main__":
    compile_shipped(Path(sys.argv[1]).resolve())
