"""`telemap compile`: compile a mapping now, so that no start has to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.files import require_mapping, show_faults
from telemap.cli.inputs import add_mapping
from telemap.cli.output import print_lines
from telemap.errors import MappingError
from telemap.plan_files.writing import write_plan

if TYPE_CHECKING:
    import argparse

HELP = "Compile a mapping to a file that makes the extension's start faster."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_mapping(parser, required=True)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help="where to; when not given, beside the mapping, where the extension looks for it",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the plan, and print the path of its file."""
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` needs none of it

    require_mapping(arguments.mapping)
    try:
        mapping, path = write_plan(arguments.mapping, arguments.output)
    except MappingError as error:
        show_faults(arguments.mapping, error)
        return EXIT_PROBLEMS
    except OSError as error:
        elsewhere = "" if arguments.output else "; -o FILE writes it elsewhere"
        raise UsageError(f"cannot write {error.filename}: {error.strerror}{elsewhere}") from error
    show(mapping.warnings)
    print_lines([str(path)])
    return 0
