"""`telemap preview`: apply a mapping to recorded events, or compare two mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.applying import BadLines, Outcome, apply_recording
from telemap.cli.files import load_or_show, open_recording
from telemap.cli.inputs import add_events, add_mapping, mapping_of, required_events
from telemap.cli.output import say
from telemap.cli.preview.output import print_cardinality, print_difference, print_metrics
from telemap.cli.values import file_name, variable, whole
from telemap.count_text import count_text
from telemap.environment import environment
from telemap.preview.cardinality import without_limits
from telemap.preview.difference import difference
from telemap.preview.notes import notes
from telemap.preview.trial import Trial, begin

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from telemap.model import Mapping

HELP = "Apply a mapping to recorded events, and print the metrics."

_MAX_SERIES = 20
"""Series of a metric that --diff shows by default."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    add_mapping(parser)
    add_events(parser)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--diff", metavar="OTHER", type=file_name, help="show how the series differ if OTHER replaces the mapping"
    )
    mode.add_argument("--cardinality", action="store_true", help="show which metrics and labels make the most series")
    parser.add_argument(
        "--limit",
        metavar="N",
        type=whole(),
        help="with --diff: show at most N series per metric, 0 for all (default: 20)",
    )
    parser.add_argument("--exit-code", action="store_true", help="with --diff: exit with 1 if anything differs")
    parser.add_argument(
        "--env",
        metavar="NAME=VALUE",
        type=variable,
        action="append",
        default=[],
        help="a variable that ${env:NAME} reads; may be repeated",
    )
    parser.add_argument(
        "--skip-bad-lines", action="store_true", help="skip lines that are not JSON, and report how many"
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="for people (the default), or one JSON object"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the metrics or a report on standard output, and notes and problems on standard error."""
    for name in ("limit", "exit_code"):
        if getattr(arguments, name) not in {None, False} and arguments.diff is None:
            raise UsageError(f"--{name.replace('_', '-')} needs --diff OTHER")
    arguments.events = required_events(arguments)
    bad_lines = BadLines(say) if arguments.skip_bad_lines else None
    with open_recording(arguments.events) as recording:
        arguments.mapping = mapping_of(arguments)
        trials = _trials(arguments)
        if not trials:
            return EXIT_PROBLEMS
        outcome = apply_recording(recording, arguments.events, trials, bad_lines)
    differs = _print(arguments, trials, outcome)
    print(end="", flush=True)  # before the messages below
    _print_notes(trials[:1] if arguments.cardinality else trials, outcome, arguments.events)
    if outcome.bad_lines:
        say(f"skipped {count_text(outcome.bad_lines, 'bad line')}")
    if outcome.has_invalid_utf8:
        say(f"{arguments.events} contains bytes that are not UTF-8; they were read as U+FFFD")
    if outcome.message:
        say(outcome.message)
    return outcome.exit_code or (EXIT_PROBLEMS if differs and arguments.exit_code else 0)


def _trials(arguments: argparse.Namespace) -> list[Trial]:
    """Return a trial of each mapping; none if a mapping has errors, which are shown."""
    reported: set[str] = set()

    def warn(line: str) -> None:
        if line not in reported:
            reported.add(line)
            say(line)

    names = [arguments.mapping] if arguments.diff is None else [arguments.mapping, arguments.diff]
    mappings: list[Mapping] = []
    for name in names:
        mapping = load_or_show(name)
        if mapping is not None:
            mappings.append(mapping)
    if len(mappings) < len(names):
        return []
    env = {**environment(), **dict(arguments.env)}
    trials = [begin(mapping, env, warn) for mapping in mappings]
    if arguments.cardinality:
        trials.append(begin(without_limits(mappings[0]), env))
    return trials


def _print(arguments: argparse.Namespace, trials: Sequence[Trial], outcome: Outcome) -> bool:
    """Print the result, if any event was applied; return whether mappings differ."""
    if outcome.failed_at_once:
        return False
    if arguments.cardinality:
        trial, unlimited = trials
        print_cardinality(trial, unlimited, outcome, arguments.format)
    elif arguments.diff is not None:
        before, after = trials
        changes = difference(before, after)
        limit = arguments.limit
        if limit is None:
            limit = _MAX_SERIES if arguments.format == "text" else 0
        print_difference(before, after, changes, limit, outcome, arguments.format)
        return bool(changes)
    else:
        print_metrics(trials[0], outcome, arguments.format)
    return False


def _print_notes(trials: Sequence[Trial], outcome: Outcome, recording: str) -> None:
    """Print the notes on all trials once, and the others with the name of their mapping."""
    lists = [list(notes(trial, outcome.events, recording)) for trial in trials]
    shared = set(lists[0]).intersection(*lists[1:])
    for trial, lines in zip(trials, lists, strict=True):
        for line in lines:
            if line not in shared:
                say(f"{trial.mapping.name}: {line}")
            elif trial is trials[0]:
                say(line)
