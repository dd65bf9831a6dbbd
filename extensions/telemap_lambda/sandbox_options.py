"""The options of `telemap sandbox`."""

from __future__ import annotations

import argparse
from pathlib import Path

from telemap.resources import SHIPPED

_KINDS = ("on-demand", "provisioned-concurrency", "snap-start", "lambda-managed-instances")
_LEAST_SHARE = 0.01
GATEWAYS = (
    "normal",
    "slow",
    "trickle",
    "hang",
    "reset",
    "lost-answer",
    "lying",
    "401",
    "500",
    "redirect",
    "down",
)
"""What an embedded gateway can be."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all of them to a parser."""
    _add_function(parser.add_argument_group("the function"))
    _add_platform(parser.add_argument_group("what Lambda does"))
    _add_gateway(parser.add_argument_group("the gateway and the extension"))
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="lines for people, or one JSON object"
    )


def _add_function(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--events", metavar="E", type=Path, help="play recorded events instead of made-up ones")
    group.add_argument("--invocations", metavar="N", type=_count, default=100, help="how many (default: %(default)s)")
    group.add_argument(
        "--duration-ms", metavar="MS", type=_amount, default=50.0, help="how long each runs (default: %(default)g)"
    )
    group.add_argument(
        "--log-lines", metavar="N", type=_count, default=2, help="lines that each prints (default: %(default)s)"
    )
    group.add_argument(
        "--line-bytes", metavar="N", type=_count, default=80, help="length of a line (default: %(default)s)"
    )
    for name, what in (
        ("error", "has an error"),
        ("timeout", "times out, which ends the process"),
        ("crash", "crashes the runtime, which ends the process"),
        ("kill", "is the last before the environment is taken away without SHUTDOWN"),
        ("large", "prints a line that Lambda cuts over two posts"),
    ):
        group.add_argument(f"--{name}-every", metavar="N", type=_count, default=0, help=f"each N-th {what}")


def _add_platform(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--kind", choices=_KINDS, default=_KINDS[0], help="of initialisation (default: %(default)s)")
    group.add_argument(
        "--concurrency", metavar="N", type=_positive, default=1, help="invocations at once on managed instances"
    )
    group.add_argument("--no-freeze", action="store_true", help="let the extension run on between invocations")
    group.add_argument("--gap-ms", metavar="MS", type=_amount, default=0.0, help="pause between invocations")
    group.add_argument(
        "--timeout-ms", metavar="MS", type=_amount, default=3000.0, help="the function's timeout (default: %(default)g)"
    )
    group.add_argument(
        "--snapshot-ms", metavar="MS", type=_amount, default=100.0, help="from a snapshot to its restore"
    )
    group.add_argument(
        "--cpu-share", metavar="N", type=_share, default=1.0, help="of a processor, such as 1/14; 1 is no limit"
    )
    group.add_argument("--repeat-every", metavar="N", type=_count, default=0, help="post each N-th post twice")
    group.add_argument("--repeat-after-thaw", action="store_true", help="the second time after the next thaw")
    group.add_argument(
        "--split-at-bytes", metavar="N", type=_count, default=0, help="cut longer records (default: what a post holds)"
    )


def _add_gateway(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--gateway",
        metavar="G",
        default="normal",
        help=f"a URL, or one of {', '.join(GATEWAYS)} (default: %(default)s)",
    )
    group.add_argument(
        "--delay-ms", metavar="MS", type=_amount, default=500.0, help="of the slow gateway (default: %(default)g)"
    )
    group.add_argument("--drop-connections", action="store_true", help="lose the gateway's connections at each freeze")
    group.add_argument(
        "--mapping", metavar="M", default=f"{SHIPPED}default", help="a mapping, or telemap:NAME (default: %(default)s)"
    )
    group.add_argument(
        "--env", metavar="NAME=VALUE", type=_variable, action="append", default=[], help="a setting of the extension"
    )
    group.add_argument(
        "--bound-ms",
        metavar="MS",
        type=_amount,
        default=250.0,
        help="the longest that the extension may hold an invocation after the function is done (default: %(default)g)",
    )
    group.add_argument(
        "--record", metavar="FILE", type=Path, help="have the extension record what comes to it, log text and all"
    )


def _amount(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not an amount of milliseconds")
    return value


def _share(text: str) -> float:
    """Read a number, or two with a slash between."""
    part, _, whole = text.partition("/")
    divisor = float(whole or 1)
    value = float(part) / divisor if divisor else 0.0
    if not _LEAST_SHARE <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 1/{1 / _LEAST_SHARE:g} and 1")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than 0")
    return value


def _positive(text: str) -> int:
    value = _count(text)
    if value == 0:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value
