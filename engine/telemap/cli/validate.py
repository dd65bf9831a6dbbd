"""`telemap validate`: check mappings, and show every problem."""

from __future__ import annotations

import glob
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, WrongUseError
from telemap.compiler import compile as compile_mapping
from telemap.errors import MappingError
from telemap.load import load, loads
from telemap.resources import SHIPPED

if TYPE_CHECKING:
    import argparse

    from telemap.model import Mapping

HELP = "Check mappings, and show every problem with its place."

_STDIN = "-"
_TEST = ".test"
"""`NAME.test.yaml` beside a mapping is its test."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments the command takes."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="a mapping, a directory, a pattern such as 'mappings/*.yaml', telemap:NAME, or - for standard input",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check each mapping; give 1 when any has a problem."""
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` needs none of it

    faulty = 0
    names = _expand(arguments.files)
    for name in names:
        try:
            mapping = _load(name)
            compile_mapping(mapping)
        except MappingError as error:
            faulty += 1
            show(error.problems)
        else:
            print(f"{name}: fine, {_count(len(mapping.families), 'metric family', 'metric families')}")
    if faulty:
        print(f"{_count(faulty, 'mapping has', 'mappings have')} problems, of {len(names)}", file=sys.stderr)
    return EXIT_PROBLEMS if faulty else 0


def _load(name: str) -> Mapping:
    return loads(sys.stdin.buffer.read(), "<stdin>") if name == _STDIN else load(name)


def _expand(names: list[str]) -> list[str]:
    """Turn directories and patterns into files.

    Raises:
        WrongUseError: a name stands for no file.
    """
    expanded: list[str] = []
    for name in names:
        path = Path(name)
        if name == _STDIN or name.startswith(SHIPPED) or path.is_file():
            expanded.append(name)
        elif found := _mappings_in(path) if path.is_dir() else sorted(glob.glob(name, recursive=True)):
            expanded += found
        else:
            raise WrongUseError(f"no mapping in {name}" if path.is_dir() else f"no such file: {name}")
    return list(dict.fromkeys(expanded))


def _mappings_in(folder: Path) -> list[str]:
    files = (path for suffix in ("yaml", "yml") for path in folder.rglob(f"*.{suffix}"))
    return sorted(str(path) for path in files if not path.stem.endswith(_TEST))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
