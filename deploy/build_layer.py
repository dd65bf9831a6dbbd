"""Build the Lambda layer: `python deploy/build_layer.py FILE.zip`.

The layer is telemap and what it needs at run time, as installed in the Python that runs this, in the folders that
Lambda lays under /opt. It has no code that must fit one processor or one version of Python: where a compiled part does
not load, the library has the same in Python.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

from telemap_lambda.sandbox import assemble

_MOMENT = (2026, 1, 1, 0, 0, 0)
"""The time of every file in the archive, so that the same content gives the same archive."""


def build(archive: Path) -> None:
    """Assemble the layer and pack it; file modes are kept, for the launcher must be executable."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        layer = assemble(Path(folder), copy=True)
        for path in sorted(path for path in layer.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(layer)), _MOMENT)
            entry.external_attr = path.stat().st_mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    build(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {Path(sys.argv[1]).stat().st_size / 1e6:.1f} MB")
