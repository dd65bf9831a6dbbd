"""`telemap compile`: compile a mapping ahead of time."""

from __future__ import annotations

from pathlib import Path
from sys import version_info
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.delivery_option import add_delivery, goes_to_gateway
from telemap.cli.files import require_mapping, show_errors
from telemap.cli.inputs import add_mapping
from telemap.cli.output import print_lines, say
from telemap.cli.values import file_name
from telemap.errors import MappingError
from telemap.plan_files.reading import read_plan
from telemap.plan_files.writing import write_plan

if TYPE_CHECKING:
    import argparse

HELP = "Compile a mapping, so that the extension starts faster."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    add_mapping(parser, required=True)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check",
        action="store_true",
        help="write nothing; fail unless the plan next to the mapping is for this telemap, Python and mapping",
    )
    what.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=file_name,
        help="where to write the plan (default: next to the mapping, where the extension looks for it)",
    )
    add_delivery(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the plan and print its path, or check the one that is there."""
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` does not need it

    require_mapping(arguments.mapping)
    if arguments.check:
        return _check(arguments.mapping)
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


def _check(mapping: str) -> int:
    """Report why the extension would not use the plan of a mapping, if it would not."""
    reasons: list[str] = []
    if read_plan(mapping, reasons.append) is not None:
        return 0
    reason = reasons[0] if reasons else f"{mapping} has no compiled plan for Python {version_info[0]}.{version_info[1]}"
    say(f"{reason}: run `telemap compile {mapping}`")
    return EXIT_PROBLEMS
