"""Build the Lambda layer: `python deploy/build_layer.py [--python PYTHON] FILE.zip`, as `make layer` does.

The layer contains the launcher in `extensions/`, and in `telemap/` the packages of this checkout with dependencies.
Its bytecode is for one minor version of Python, on both architectures; other versions work, with a slower start.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from layer_archive import pack
from layer_contents import copy_wanted, cut_endpoints
from layer_sources import CHECKOUT, LayerBuildError, locked_packages, unpack_own_wheel, version_of

_LAUNCHER = "extensions/telemap"


def main(argv: list[str]) -> int:
    """Build the layer and describe it.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description="Build telemap's Lambda layer.")
    parser.add_argument("--python", default=sys.executable, help="the Python to compile for (default: this one)")
    parser.add_argument("archive", type=Path, metavar="FILE.zip")
    arguments = parser.parse_args(argv)
    try:
        print(build(arguments.archive, arguments.python))
    except LayerBuildError as error:
        print(f"telemap: {error}", file=sys.stderr)
        return 1
    return 0


def build(archive: Path, python: str) -> str:
    """Assemble the layer, compile it and pack it.

    Args:
        archive: The file to write.
        python: The Python to compile for.

    Returns:
        A line that describes the layer.

    Raises:
        LayerBuildError: something is missing.
    """
    version = version_of(python)
    with tempfile.TemporaryDirectory() as scratch:
        layer = Path(scratch) / "layer"
        _assemble(layer, version)
        _compile(layer, python)
        size = sum(path.stat().st_size for path in layer.rglob("*") if path.is_file())
        pack(layer, archive, frozenset({_LAUNCHER}))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    packed = archive.stat().st_size / 1e6
    return f"{archive}: Python {version}, {packed:.1f} MB, unzipped {size / 1e6:.1f} MB, sha256 {digest}"


def _assemble(layer: Path, version: str) -> None:
    packages = layer / "telemap"
    with tempfile.TemporaryDirectory() as own:
        unpack_own_wheel(Path(own))
        copy_wanted(Path(own), packages)
    copy_wanted(locked_packages(version), packages)
    cut_endpoints(packages)
    (layer / _LAUNCHER).parent.mkdir()
    shutil.copyfile(CHECKOUT / _LAUNCHER, layer / _LAUNCHER)


def _compile(layer: Path, python: str) -> None:
    """Compile with the Python that will run the layer, because bytecode differs between versions."""
    for program in ("layer_bytecode.py", "layer_plans.py"):
        command = [python, "-I", "-S", "-B", str(Path(__file__).with_name(program)), str(layer)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - chosen by the user
        if done.returncode:
            message = f"{python} cannot compile the layer:\n{done.stderr}"
            raise LayerBuildError(message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
