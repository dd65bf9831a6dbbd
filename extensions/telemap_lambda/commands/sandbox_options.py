"""The options of `telemap sandbox`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telemap.cli.inputs import add_events, add_mapping
from telemap.cli.values import milliseconds, share, variable, whole

if TYPE_CHECKING:
    from collections.abc import Callable

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


MADE_UP = (
    "invocations",
    "log_lines",
    "line_bytes",
    "error_every",
    "timeout_every",
    "crash_every",
    "kill_every",
    "large_every",
)
"""Options of invocations that are made up: recorded ones have their own."""


class _Keep(argparse.Action):
    """Keep the value of an option, and in `given` that it was given."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse says what an action is called with
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002 - as above
    ) -> None:
        setattr(namespace, self.dest, values)
        namespace.given = namespace.given | {self.dest}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all of them to a parser."""
    parser.usage = "%(prog)s [options] [MAPPING] [EVENTS]"
    parser.set_defaults(given=frozenset())
    inputs = parser.add_argument_group("what runs")
    add_mapping(inputs)
    add_events(inputs, "play these recorded events; - is standard input")
    _add_function(parser.add_argument_group("the function"))
    _add_platform(parser.add_argument_group("what Lambda does"))
    _add_gateway(parser.add_argument_group("the gateway and the extension"))
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="lines for people, or one JSON object"
    )


def _add_function(group: argparse._ArgumentGroup) -> None:
    _add(group, "--invocations", "N", whole(), 100, "how many are made up (default: %(default)s)")
    _add(group, "--duration-ms", "MS", milliseconds, 50.0, "how long each runs (default: %(default)g)")
    _add(group, "--log-lines", "N", whole(), 2, "lines that each prints (default: %(default)s)")
    _add(group, "--line-bytes", "N", whole(), 80, "length of a line (default: %(default)s)")
    for name, what in (
        ("error", "each N-th has an error"),
        ("timeout", "each N-th times out, which ends the process"),
        ("crash", "each N-th crashes the runtime, likewise"),
        ("kill", "after each N-th comes SIGKILL, without SHUTDOWN"),
        ("large", "each N-th prints a line that is cut over two posts"),
    ):
        _add(group, f"--{name}-every", "N", whole(), 0, what)


def _add_platform(group: argparse._ArgumentGroup) -> None:
    kinds = f"{', '.join(_KINDS[:-1])}, or {_KINDS[-1]} (default: %(default)s)"
    group.add_argument("--kind", metavar="K", choices=_KINDS, default=_KINDS[0], action=_Keep, help=kinds)
    _add(group, "--concurrency", "N", whole(least=1), 1, "invocations at once on managed instances")
    group.add_argument("--no-freeze", action="store_true", help="let the extension run on between invocations")
    _add(group, "--gap-ms", "MS", milliseconds, 0.0, "pause between invocations")
    _add(group, "--timeout-ms", "MS", milliseconds, 3000.0, "the function's timeout (default: %(default)g)")
    _add(group, "--grace-ms", "MS", milliseconds, 0.0, "enforce deadlines this much later, on a busy machine")
    _add(group, "--snapshot-ms", "MS", milliseconds, 100.0, "from a snapshot to its restore (default: %(default)g)")
    _add(group, "--cpu-share", "N", share(_LEAST_SHARE), 1.0, "of a processor, such as 1/14; 1 is no limit")
    _add(group, "--repeat-every", "N", whole(), 0, "post each N-th post twice")
    group.add_argument("--repeat-after-thaw", action="store_true", help="the second time after the next thaw")
    _add(group, "--split-at-bytes", "N", whole(), 0, "cut longer records (default: what a post holds)")


def _add_gateway(group: argparse._ArgumentGroup) -> None:
    gateways = f"a URL, or {', '.join(GATEWAYS[1:])} (default: %(default)s)"
    group.add_argument("--gateway", metavar="G", default="normal", help=gateways)
    _add(group, "--delay-ms", "MS", milliseconds, 500.0, "of the slow gateway (default: %(default)g)")
    group.add_argument("--drop-connections", action="store_true", help="lose its connections at each freeze")
    group.add_argument(
        "--env", metavar="NAME=VALUE", type=variable, action="append", default=[], help="a setting of the extension"
    )
    _add(group, "--bound-ms", "MS", milliseconds, 250.0, "the longest hold of an invocation (default: %(default)g)")
    group.add_argument("--record", metavar="FILE", type=Path, help="have the extension record what comes to it")


def _add(
    group: argparse._ArgumentGroup, option: str, unit: str, convert: Callable[[str], float], default: float, what: str
) -> None:
    """Add an option with a number."""
    group.add_argument(option, metavar=unit, type=convert, default=default, action=_Keep, help=what)
