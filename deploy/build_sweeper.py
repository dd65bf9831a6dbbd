"""Build the scheduled sweeper: `python deploy/build_sweeper.py FILE.zip`.

The archive is a separate Lambda function, with the handler `telemap_lambda.sweeper.handler`. It contains only what the
wheel of this checkout installs: the sweeper needs neither YAML nor JSON paths, and Lambda's Python includes boto3 to
read the gateway's secret.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from layer_archive import pack
from layer_sources import LayerBuildError, unpack_own_wheel

_PACKAGES = ("telemap", "telemap_lambda")


def main(argv: list[str]) -> int:
    """Build the archive and describe it.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description="Build telemap's sweeper, a scheduled Lambda function.")
    parser.add_argument("archive", type=Path, metavar="FILE.zip")
    arguments = parser.parse_args(argv)
    try:
        build(arguments.archive)
    except LayerBuildError as error:
        print(f"telemap: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.archive}: {arguments.archive.stat().st_size / 1e6:.1f} MB")
    return 0


def build(archive: Path) -> None:
    """Assemble the function and pack it; the same checkout yields the same bytes.

    Args:
        archive: The file to write.

    Raises:
        LayerBuildError: the wheel cannot be built.
    """
    with tempfile.TemporaryDirectory() as scratch:
        unpacked, function = Path(scratch) / "wheel", Path(scratch) / "function"
        unpack_own_wheel(unpacked)
        for package in _PACKAGES:
            shutil.copytree(unpacked / package, function / package, ignore=shutil.ignore_patterns("*.plan"))
        pack(function, archive, frozenset())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
