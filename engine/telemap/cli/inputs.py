"""The arguments MAPPING and EVENTS, which mean the same in every command."""

from __future__ import annotations

import argparse
import os
from typing import Final

from telemap.cli import UsageError
from telemap.cli.output import say
from telemap.cli.values import file_name
from telemap.resources import SHIPPED

DEFAULT_MAPPING: Final = f"{SHIPPED}default"

_EVENTS: Final = "recorded events: a JSON array, or one JSON object per line, gzipped or not; - is standard input"


def add_mapping(parser: argparse._ActionsContainer, *, required: bool = False) -> None:
    """Add the argument MAPPING and its older spelling `--mapping`."""
    if required:
        parser.add_argument("mapping", metavar="MAPPING", type=file_name, help="a mapping, or telemap:NAME")
        return
    parser.add_argument(
        "mapping",
        metavar="MAPPING",
        nargs="?",
        type=file_name,
        help=f"a mapping, or telemap:NAME (default: {DEFAULT_MAPPING})",
    )
    parser.add_argument("--mapping", metavar="MAPPING", dest="mapping_option", type=file_name, help=argparse.SUPPRESS)


def add_events(parser: argparse._ActionsContainer, help_: str = _EVENTS) -> None:
    """Add the argument EVENTS and the option `--events`."""
    parser.add_argument("events", metavar="EVENTS", nargs="?", type=file_name, help=help_)
    parser.add_argument(
        "--events", metavar="EVENTS", dest="events_option", type=file_name, help="the same, without MAPPING"
    )
    parser.add_argument("--event", metavar="EVENTS", dest="events_option", type=file_name, help=argparse.SUPPRESS)


def add_include_root(parser: argparse._ActionsContainer) -> None:
    """Add the option that confines the files that mappings and tests name."""
    parser.add_argument("--include-root", metavar="DIR", help="refuse files outside of this directory")


def include_root_of(arguments: argparse.Namespace) -> str | None:
    """Return the directory that all files must be in; None for any.

    Raises:
        UsageError: there is no such directory.
    """
    root: str | None = arguments.include_root
    if root is not None and not os.path.isdir(root):  # noqa: PTH112 - Path may raise
        raise UsageError(f"--include-root {root!r} is not a directory")
    return root


def mapping_of(arguments: argparse.Namespace, *, report: bool = True) -> str:
    """Return the name of the mapping, `telemap:default` by default.

    Args:
        arguments: the parsed arguments.
        report: whether to report on standard error that the default is used.

    Raises:
        UsageError: two mappings are named.
    """
    named = one_of(arguments, "mapping")
    if named is None:
        if report:
            say(f"no mapping given, using {DEFAULT_MAPPING}")
        return DEFAULT_MAPPING
    return named


def events_of(arguments: argparse.Namespace) -> str | None:
    """Return the name of the recording; None if there is none.

    Raises:
        UsageError: two recordings are named.
    """
    return one_of(arguments, "events")


def required_events(arguments: argparse.Namespace) -> str:
    """Return the name of the recording.

    Raises:
        UsageError: no recording is named, or two are.
    """
    events = events_of(arguments)
    if events is None:
        raise UsageError("EVENTS is missing: name recorded events after the mapping, or with --events")
    return events


def one_of(arguments: argparse.Namespace, name: str) -> str | None:
    """Return what is given as an argument or as the option of the same name; None for nothing.

    Raises:
        UsageError: both are given.
    """
    argument, option = getattr(arguments, name), getattr(arguments, f"{name}_option", None)
    if argument is not None and option is not None:
        raise UsageError(f"{name.upper()} is given twice: {argument!r} and --{name} {option!r}")
    found: str | None = option if argument is None else argument
    return found
