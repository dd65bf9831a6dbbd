"""`telemap dashboard`: print a Grafana dashboard for a mapping's own metrics."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS
from telemap.cli.delivery_option import add_delivery, delivery_of, goes_to_gateway
from telemap.cli.files import require_mapping, show_errors
from telemap.cli.inputs import add_mapping
from telemap.cli.output import print_data
from telemap.errors import MappingError
from telemap.load import load
from telemap.monitoring.dashboard import dashboard_json
from telemap.monitoring.metrics import metrics_of
from telemap.resources import SHIPPED

if TYPE_CHECKING:
    import argparse

HELP = "Print a Grafana dashboard for a mapping's metrics."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    add_mapping(parser, required=True)
    add_delivery(parser)
    parser.add_argument("--title", metavar="TEXT", help="the dashboard's title (default: from the mapping's name)")


def run(arguments: argparse.Namespace) -> int:
    """Print the dashboard."""
    require_mapping(arguments.mapping)
    try:
        mapping = load(arguments.mapping, to_gateway=goes_to_gateway(arguments))
    except MappingError as error:
        show_errors(arguments.mapping, error)
        return EXIT_PROBLEMS
    title = arguments.title or PurePath(mapping.name.removeprefix(SHIPPED)).stem
    text = dashboard_json(title, delivery_of(arguments), metrics_of(mapping))
    print_data(text)
    return 0
