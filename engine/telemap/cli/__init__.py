"""The command `telemap`.

A command is a module named by an entry point of the group `telemap.commands`, with `HELP`, `add_arguments(parser)` and
`run(arguments) -> int`. Results go to standard output, problems to standard error. Exit codes: 0 success, 1 problems
found, 2 usage error, 130 interrupted.
"""

from __future__ import annotations

import functools
import os
import sys
from importlib.metadata import EntryPoint, entry_points
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
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class Command(Protocol):
    """The interface of a command's module."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's arguments to its parser."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Run the command and return its exit code."""


class UsageError(TelemapError):
    """The command was called incorrectly; exit code 2."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments after the program's name; by default, those of the process.

    Returns:
        The exit code.
    """
    _prepare_streams()
    try:
        words = _normalize(sys.argv[1:] if argv is None else argv)
        arguments = build_parser(words).parse_args(words)
        command: Command = arguments.command
        code = command.run(arguments)
        print(end="", flush=True)
    except UsageError as error:
        say(*error.lines)
        return EXIT_USAGE
    except TelemapError as error:
        say(*error.lines)
        return EXIT_PROBLEMS
    except BrokenPipeError:  # the reader, such as `head`, has exited
        _silence_stdout()
        return 0
    except OSError as error:  # without a file name it is the output: most likely a full disk
        message = f"cannot use {error.filename}" if error.filename else "cannot write the output"
        say(f"{message}: {error.strerror or error}")
        _silence_stdout()
        return EXIT_PROBLEMS
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return code


def _prepare_streams() -> None:
    """Replace closed streams, and make standard output UTF-8."""
    if sys.stdout is None:  # closed by the parent: make writing fail, as on a full disk
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:  # print() would write to standard output instead
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    if isinstance(sys.stdout, TextIOWrapper):
        # Expositions are UTF-8 in every locale; mappings and telemetry may contain lone surrogates.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _silence_stdout() -> None:
    """Discard what the interpreter would still flush when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _normalize(words: Sequence[str]) -> list[str]:
    """Return the command line with `version` and `help COMMAND` rewritten as options.

    Raises:
        UsageError: one of them has too many arguments.
    """
    match words:
        case ["version"]:
            return ["--version"]
        case ["help", *commands] if len(commands) <= 1:
            return [*commands, "--help"]
        case ["version", extra, *_] | ["help", _, extra, *_]:
            raise UsageError(f"unexpected argument {extra!r} (see telemap --help)")
    return list(words)


def build_parser(words: Sequence[str]) -> CommandLineParser:
    """Return a parser for a command line; only the module of the named command is loaded."""
    parser = CommandLineParser(
        prog="telemap",
        description="Turn AWS Lambda telemetry into Prometheus metrics, by a YAML mapping.",
    )
    parser.add_argument("-V", "--version", action="version", version=f"telemap {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    named = next((word for word in words if not word.startswith("-")), None)
    for entry in _entries():
        if named not in {None, entry.name}:
            continue
        command: Command = entry.load()
        subparser = commands.add_parser(entry.name, help=command.HELP, description=command.HELP)
        command.add_arguments(subparser)
        subparser.set_defaults(command=command)
    parser.commands = (*(entry.name for entry in _entries()), "help", "version")
    return parser


@functools.cache
def _entries() -> tuple[EntryPoint, ...]:
    """Return the commands by name. To find them reads the metadata of all installed packages."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda entry: entry.name))
