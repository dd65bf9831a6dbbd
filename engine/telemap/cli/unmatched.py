"""`telemap unmatched`: what a recording holds that a mapping does not read, with drafts of what would."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS
from telemap.cli.files import load_or_show, read_recording

if TYPE_CHECKING:
    import argparse

    from telemap.unmatched import Findings

HELP = "List event types and paths in a recording that no family reads, each with a draft of the family that would."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments the command takes."""
    parser.add_argument(
        "--mapping", metavar="M", default="telemap:default", help="a mapping, or telemap:NAME (default: %(default)s)"
    )
    parser.add_argument(
        "--events",
        metavar="E",
        required=True,
        help="recorded events: a JSON array, or one JSON object a line; - is standard input",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "yaml"),
        default="text",
        help="lines for people, one JSON object, or the drafts alone: a mapping to include (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is not read. It is no fault of a mapping that it leaves something out: the exit code is 0."""
    from telemap.unmatched import find_unmatched  # noqa: PLC0415 - `--help` needs none of this
    from telemap.unmatched.survey import Survey  # noqa: PLC0415
    from telemap.unmatched.texts import as_json, as_text, as_yaml  # noqa: PLC0415

    mapping = load_or_show(arguments.mapping)
    if mapping is None:
        return EXIT_PROBLEMS
    findings = find_unmatched(mapping, Survey().add_all(read_recording(arguments.events)))
    write = {"text": as_text, "json": as_json, "yaml": as_yaml}[arguments.format]
    print(write(findings), end="")
    _report(findings)
    return 0


def _report(findings: Findings) -> None:
    """Say what was not looked at."""
    if findings.malformed:
        _say(f"{findings.malformed} of the events are no telemetry events: objects with a text 'type'")
    if findings.dropped:
        _say(f"not looked at, because 'drop' takes them all: {', '.join(findings.dropped)}")
    if findings.overlooked:
        _say(f"not looked at, because there are too many types, names or steps: {findings.overlooked} values")


def _say(line: str) -> None:
    print(f"telemap: {line}", file=sys.stderr)
