"""Build the Lambda layer: `python deploy/build_layer.py [--arch ARCH]... FOLDER`, as `make layer` does.

The layer contains the launcher in `extensions/`, and in `telemap/` the packages of this checkout with dependencies,
and Python for its processor: it runs beside any runtime. With `--python PYTHON` it has no Python of its own. It then
uses the function's, and its bytecode is for that version; other versions work, with a slower start.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import zipfile
from pathlib import Path

from interpreter.processors import PROCESSORS
from layer_sources import CHECKOUT, LayerBuildError
from layer_thin import build_thin
from layer_with_python import build_with_python

_LOCK = CHECKOUT / "requirements" / "runtime.lock"
_ALL = "all"
_NAMES = [one.aws for one in PROCESSORS]


def main(argv: list[str]) -> int:
    """Build the layers and describe each.

    Returns:
        The exit code.
    """
    arguments = _parser().parse_args(argv)
    folder: Path = arguments.folder
    try:
        if arguments.python:
            archives = [folder / "telemap-layer.zip"]
            version = build_thin(archives[0], arguments.python)
        else:
            wanted = {
                folder / f"telemap-layer-{name}.zip": tuple(one for one in PROCESSORS if name in {one.aws, _ALL})
                for name in arguments.arch or _NAMES
            }
            archives = list(wanted)
            version = build_with_python(wanted, arguments.lock, newest_if_gone=arguments.newest_if_gone)
    except LayerBuildError as error:
        print(f"telemap: {error}", file=sys.stderr)
        return 1
    for archive in archives:
        print(_description(archive, version))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Build telemap's Lambda layer.")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--arch", action="append", choices=[*_NAMES, _ALL], help="for this processor (default: a layer for each)"
    )
    kind.add_argument("--python", help="without a Python of its own: for functions that run this Python")
    parser.add_argument("--lock", type=Path, default=_LOCK, help="Debian's packages (default: %(default)s)")
    parser.add_argument(
        "--newest-if-gone",
        action="store_true",
        default=os.environ.get("CI") == "true",
        help="if Debian no longer has the locked packages, use its newest (default where CI=true)",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to write telemap-layer*.zip")
    return parser


def _description(archive: Path, version: str) -> str:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    with zipfile.ZipFile(archive) as packed:
        unzipped = sum(entry.file_size for entry in packed.infolist())
    size = f"{archive.stat().st_size / 1e6:.1f} MB, unzipped {unzipped / 1e6:.1f} MB"
    return f"{archive}: Python {version}, {size}, sha256 {digest}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
