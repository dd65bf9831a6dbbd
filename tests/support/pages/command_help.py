"""What the help of a command lists."""

from __future__ import annotations

import argparse
import re
from functools import cache
from importlib.metadata import entry_points

from telemap.cli import GROUP


@cache
def help_of(command: str) -> str:
    """Return the help of a command, each option on a line of its own."""
    [entry] = entry_points(group=GROUP, name=command)
    parser = argparse.ArgumentParser(
        prog="telemap", add_help=False, formatter_class=lambda prog: argparse.HelpFormatter(prog, width=10_000)
    )
    entry.load().add_arguments(parser)
    return parser.format_help()


def options_of(command: str) -> list[str]:
    """Return the options that a command lists."""
    heads = re.findall(r"^  (-.*?)(?:  |$)", help_of(command), re.MULTILINE)
    return [option for head in heads for option in re.findall(r"(?:^|, )(--?[\w-]+)", head)]


def choices_of(command: str) -> list[str]:
    """Return the words that arguments of a command can be."""
    return [word for words in re.findall(r"\{([^}]*)\}", help_of(command)) for word in words.split(",")]
