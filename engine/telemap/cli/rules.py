"""`telemap rules`: print recording rules for a mapping's own metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS
from telemap.cli.delivery_option import add_delivery, delivery_of, goes_to_gateway
from telemap.cli.files import require_mapping, show_errors
from telemap.cli.inputs import add_mapping
from telemap.cli.output import print_data
from telemap.errors import MappingError
from telemap.load import load
from telemap.monitoring.metrics import metrics_of
from telemap.monitoring.rules import rules_text

if TYPE_CHECKING:
    import argparse

HELP = "Print Prometheus recording rules for a mapping's metrics."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    add_mapping(parser, required=True)
    add_delivery(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the rules."""
    require_mapping(arguments.mapping)
    try:
        mapping = load(arguments.mapping, to_gateway=goes_to_gateway(arguments))
    except MappingError as error:
        show_errors(arguments.mapping, error)
        return EXIT_PROBLEMS
    text = rules_text(mapping.name, delivery_of(arguments), metrics_of(mapping))
    print_data(text)
    return 0
