"""The command `telemap`.

A command is a module named by an entry point of the group `telemap.commands`, with `HELP`, `add_arguments(parser)` and
`run(arguments) -> int`. Results go to standard output, problems to standard error. Exit codes: 0 fine, 1 problems
found, 2 wrong use.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from telemap.cli.arguments import CommandLineParser
from telemap.cli.output import say
from telemap.errors import TelemapError
from telemap.version import VERSION

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

GROUP = "telemap.commands"

EXIT_PROBLEMS = 1
EXIT_WRONG_USE = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class Command(Protocol):
    """What a command's module has."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say which arguments the command takes."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Run the command; give its exit code."""


class WrongUseError(TelemapError):
    """The command line cannot be carried out as it is."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments after the program's name; the process's own when not given.

    Returns:
        The exit code.
    """
    _prepare_streams()
    try:
        arguments = _parser().parse_args(argv)
        command: Command = arguments.command
        code = command.run(arguments)
        print(end="", flush=True)
    except WrongUseError as error:
        say(*error.lines)
        return EXIT_WRONG_USE
    except TelemapError as error:
        say(*error.lines)
        return EXIT_PROBLEMS
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        _silence_stdout()
        return 0
    except OSError as error:  # without a name it is the output: a full disk, most likely
        what = f"cannot use {error.filename}" if error.filename else "cannot write the output"
        say(f"{what}: {error.strerror or error}")
        _silence_stdout()
        return EXIT_PROBLEMS
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return code


def _prepare_streams() -> None:
    """Have streams that can be written to, or say that they cannot; output is UTF-8."""
    if sys.stdout is None:  # closed by whoever started the command: writing fails as it does on a full disk
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:  # what is printed there would come out on standard output
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - it stays open to the end
    if isinstance(sys.stdout, TextIOWrapper):
        # What expositions are in, whatever the locale says; mappings and telemetry may have half of a surrogate pair.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _silence_stdout() -> None:
    """Let what is still to be flushed at the interpreter's end go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> CommandLineParser:
    parser = CommandLineParser(
        prog="telemap", description="AWS Lambda telemetry becomes Prometheus metrics, by a YAML mapping."
    )
    parser.add_argument("--version", action="version", version=f"telemap {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        command: Command = entry.load()
        subparser = commands.add_parser(entry.name, help=command.HELP, description=command.HELP)
        command.add_arguments(subparser)
        subparser.set_defaults(command=command)
    parser.commands = tuple(commands.choices)
    return parser
