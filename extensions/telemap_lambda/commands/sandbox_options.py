"""The options of `telemap sandbox`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telemap.cli.inputs import add_events, add_mapping
from telemap.cli.values import file_name, milliseconds, share, variable, whole

if TYPE_CHECKING:
    from collections.abc import Callable

_KINDS = ("on-demand", "provisioned-concurrency", "snap-start", "lambda-managed-instances")
_MIN_SHARE = 0.01
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
    "write",
    "write-rolls-back",
    "write-keeps-good",
    "write-429",
    "write-partial",
    "write-hang",
    "write-silent",
)
"""The behaviours of the built-in gateway, and of the built-in database that receives remote write."""


SYNTHETIC_OPTIONS = (
    "invocations",
    "log_lines",
    "line_bytes",
    "error_every",
    "timeout_every",
    "crash_every",
    "kill_every",
    "large_every",
)
"""Options for synthetic invocations only."""


class _StoreGiven(argparse.Action):
    """Store the value of an option, and add its name to `given`."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse defines the signature
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002 - as above
    ) -> None:
        setattr(namespace, self.dest, values)
        namespace.given = namespace.given | {self.dest}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all options to a parser."""
    parser.usage = "%(prog)s [options] [MAPPING] [EVENTS]"
    parser.set_defaults(given=frozenset())
    inputs = parser.add_argument_group("what runs")
    add_mapping(inputs)
    add_events(inputs, "play these recorded events; - is standard input")
    _add_function(parser.add_argument_group("the function"))
    _add_platform(parser.add_argument_group("what Lambda does"))
    _add_gateway(parser.add_argument_group("the gateway and the extension"))
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people, or one JSON object"
    )


def _add_function(group: argparse._ArgumentGroup) -> None:
    _add(group, "--invocations", "N", whole(), 100, "number of synthetic ones (default: %(default)s)")
    _add(group, "--duration-ms", "MS", milliseconds, 50.0, "how long each runs (default: %(default)g)")
    _add(group, "--log-lines", "N", whole(), 2, "lines printed by each (default: %(default)s)")
    _add(group, "--line-bytes", "N", whole(), 80, "length of a line (default: %(default)s)")
    for name, what in (
        ("error", "every N-th reports an error"),
        ("timeout", "every N-th times out, which ends the process"),
        ("crash", "every N-th crashes the runtime, which ends the process"),
        ("kill", "kill the sandbox after every N-th, without SHUTDOWN"),
        ("large", "every N-th prints a line that is split over two posts"),
    ):
        _add(group, f"--{name}-every", "N", whole(), 0, what)


def _add_platform(group: argparse._ArgumentGroup) -> None:
    kinds = f"{', '.join(_KINDS[:-1])}, or {_KINDS[-1]} (default: %(default)s)"
    group.add_argument("--kind", metavar="K", choices=_KINDS, default=_KINDS[0], action=_StoreGiven, help=kinds)
    _add(group, "--concurrency", "N", whole(least=1), 1, "concurrent invocations on managed instances")
    group.add_argument("--no-freeze", action="store_true", help="let the extension run between invocations")
    _add(group, "--gap-ms", "MS", milliseconds, 0.0, "pause between invocations")
    _add(group, "--timeout-ms", "MS", milliseconds, 3000.0, "the function's timeout (default: %(default)g)")
    _add(group, "--grace-ms", "MS", milliseconds, 0.0, "enforce deadlines this much later, on a busy machine")
    _add(group, "--snapshot-ms", "MS", milliseconds, 100.0, "age of a restored snapshot (default: %(default)g)")
    _add(group, "--cpu-share", "N", share(_MIN_SHARE), 1.0, "share of a processor, such as 1/14; 1 is no limit")
    _add(group, "--repeat-every", "N", whole(), 0, "send every N-th post twice")
    group.add_argument("--repeat-after-thaw", action="store_true", help="send it again only after the next thaw")
    _add(group, "--split-at-bytes", "N", whole(), 0, "split longer records (default: a post's maximum size)")


def _add_gateway(group: argparse._ArgumentGroup) -> None:
    faults = ", ".join(name for name in GATEWAYS[1:] if not name.startswith("write"))
    gateways = f"a URL, {faults}, write... (%(default)s)"
    group.add_argument("--gateway", metavar="G", default="normal", help=gateways)
    _add(group, "--delay-ms", "MS", milliseconds, 500.0, "delay of the slow gateway (default: %(default)g)")
    group.add_argument("--drop-connections", action="store_true", help="reset its connections at each freeze")
    group.add_argument(
        "--env", metavar="NAME=VALUE", type=variable, action="append", default=[], help="a setting of the extension"
    )
    _add(group, "--bound-ms", "MS", milliseconds, 250.0, "maximum hold of an invocation (default: %(default)g)")
    group.add_argument("--record", metavar="FILE", type=_path, help="make the extension record its telemetry")


def _path(text: str) -> Path:
    return Path(file_name(text))


def _add(
    group: argparse._ArgumentGroup, option: str, unit: str, convert: Callable[[str], float], default: float, what: str
) -> None:
    """Add a numeric option."""
    group.add_argument(option, metavar=unit, type=convert, default=default, action=_StoreGiven, help=what)
