"""`telemap preview`: what a mapping makes of recorded events."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from telemap.apply import apply
from telemap.cli import EXIT_PROBLEMS
from telemap.cli.files import load_or_show, read_recording
from telemap.compiler import compile as compile_mapping
from telemap.exposition import render
from telemap.store import Store
from telemap.store.counts import UNDECIDED

if TYPE_CHECKING:
    import argparse

HELP = "Apply a mapping to recorded events, and print the metrics."

_INSTANCE = "preview"
"""What `${runtime:instance}` reads here: the same each time, so that outputs can be compared."""


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


def run(arguments: argparse.Namespace) -> int:
    """Print the exposition; say on standard error what was left out."""
    mapping = load_or_show(arguments.mapping)
    if mapping is None:
        return EXIT_PROBLEMS
    plan = compile_mapping(mapping)
    store = Store(plan, instance=_INSTANCE, warn=_say)
    apply(plan, read_recording(arguments.events), store)
    print(render(store), end="")
    _report(store)
    return 0


def _report(store: Store) -> None:
    """Say what did not become a sample; missing values are ordinary, and not worth a line."""
    if malformed := store.counts.dropped["malformed"]:
        _say(f"{malformed} of the events are no telemetry events: objects with a text 'type'")
    for reason, count in store.counts.undecided.items():
        if count:
            _say(f"rules of 'drop' did not decide about events, and let them pass, {count} times: {UNDECIDED[reason]}")
    for family in store.families:
        own, total = family.overflowed - family.overflowed_total, family.overflowed_total
        name, limit = family.shape.name, family.shape.series_limit
        if own:
            _say(f"metric {name!r}: {own} samples came beyond the limit of {limit} series")
        if total:
            limit = store.plan.series_limit_total
            _say(f"metric {name!r}: {total} samples came beyond the limit of {limit} series of all metrics together")


def _say(line: str) -> None:
    print(f"telemap: {line}", file=sys.stderr)
