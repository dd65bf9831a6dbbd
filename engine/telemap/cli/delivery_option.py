"""The option `--delivery`: how samples come into the database, on which queries depend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.monitoring.counting import Delivery

if TYPE_CHECKING:
    import argparse


def add_delivery(parser: argparse.ArgumentParser) -> None:
    """Add the option to a parser."""
    words = "; ".join(f"{delivery.value}: {delivery.row.words}" for delivery in Delivery)
    parser.add_argument(
        "--delivery",
        choices=tuple(delivery.value for delivery in Delivery),
        default=Delivery.GATEWAY.value,
        help=f"how samples come into the database (default: gateway). {words}",
    )


def delivery_of(arguments: argparse.Namespace) -> Delivery:
    """Return the delivery that was named."""
    return Delivery(arguments.delivery)


def goes_to_gateway(arguments: argparse.Namespace) -> bool:
    """Return whether a Pushgateway gets the metrics, which has metrics of its own."""
    return delivery_of(arguments) is Delivery.GATEWAY
