"""`telemap schema`: the JSON Schemas, for editors and other tools."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from telemap.cli.output import print_lines
from telemap.resources import resource

if TYPE_CHECKING:
    import argparse

HELP = "Print a JSON Schema, for your editor and other tools."

_FILES = {
    "mapping": "mapping.schema.json",
    "test": "mapping-test.schema.json",
    "event": "telemetry-event.schema.json",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "schema",
        metavar="SCHEMA",
        nargs="?",
        choices=tuple(_FILES),
        default="mapping",
        help="mapping (the default), test (NAME.test.yaml) or event (of the Telemetry API)",
    )
    parser.add_argument("--path", action="store_true", help="print where its file lies instead")


def run(arguments: argparse.Namespace) -> int:
    """Print the schema, or the path of its file."""
    file = resource("schema", _FILES[arguments.schema])
    if arguments.path:
        print_lines([str(file)])
    else:
        sys.stdout.buffer.write(file.read_bytes())  # JSON is UTF-8, whatever the terminal's encoding is
    return 0
