"""`telemap schema`: print the JSON Schemas."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from telemap.cli.output import print_lines
from telemap.resources import resource

if TYPE_CHECKING:
    import argparse

HELP = "Print a JSON Schema for editors and other tools."

_FILES = {
    "mapping": "mapping.schema.json",
    "test": "mapping-test.schema.json",
    "event": "telemetry-event.schema.json",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "schema",
        metavar="SCHEMA",
        nargs="?",
        choices=tuple(_FILES),
        default="mapping",
        help="mapping (the default), test (for NAME.test.yaml) or event (of the Telemetry API)",
    )
    parser.add_argument("--path", action="store_true", help="print the path of the schema file instead")


def run(arguments: argparse.Namespace) -> int:
    """Print the schema or its path."""
    file = resource("schema", _FILES[arguments.schema])
    if arguments.path:
        print_lines([str(file)])
    else:
        sys.stdout.buffer.write(file.read_bytes())  # UTF-8 in every locale
    return 0
