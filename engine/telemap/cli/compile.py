"""`telemap compile`: compile a mapping ahead of time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.delivery_option import add_delivery, goes_to_gateway
from telemap.cli.files import require_mapping, show_errors
from telemap.cli.inputs import add_mapping
from telemap.cli.output import print_lines
from telemap.cli.values import file_name
from telemap.errors import MappingError
from telemap.plan_files.writing import write_plan

if TYPE_CHECKING:
    import argparse

HELP = "Compile a mapping, so that the extension starts faster."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    add_mapping(parser, required=True)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=file_name,
        help="where to write the plan (default: next to the mapping, where the extension looks for it)",
    )
    add_delivery(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the plan and print its path."""
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` does not need it

    require_mapping(arguments.mapping)
    try:
        mapping, path = write_plan(
            arguments.mapping,
            Path(arguments.output) if arguments.output else None,
            to_gateway=goes_to_gateway(arguments),
        )
    except MappingError as error:
        show_errors(arguments.mapping, error)
        return EXIT_PROBLEMS
    except OSError as error:
        advice = "" if arguments.output else "; use -o FILE to write it elsewhere"
        raise UsageError(f"cannot write {error.filename}: {error.strerror}{advice}") from error
    show(mapping.warnings)
    print_lines([str(path)])
    return 0
