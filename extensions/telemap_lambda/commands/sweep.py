"""`telemap sweep`: delete the groups of sandboxes that have ended."""

from __future__ import annotations

import argparse
import json
import os
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.output import print_json, print_lines, say
from telemap.durations import duration
from telemap_lambda.sweep import DEFAULT_OLDER_THAN, Outcome, Rule, SweepSettingsError, sweep

if TYPE_CHECKING:
    from telemap_lambda.sweep import SweepResult, Swept
    from telemap_lambda.sweep.listing import Grouping

HELP = "Delete old groups of telemap from a Pushgateway."

_WORDS = {
    Outcome.OLD: "would be deleted",
    Outcome.DELETED: "deleted",
    Outcome.PUSHED_AGAIN: "kept, because it has just been pushed",
    Outcome.GONE: "already deleted",
    Outcome.UNDATED: "kept",
    Outcome.FAILED: "not deleted",
}
_PROBLEMS = (Outcome.FAILED, Outcome.UNDATED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--gateway", metavar="URL", help="the Pushgateway (default: the variable GATEWAY)")
    parser.add_argument(
        "--older-than",
        metavar="D",
        type=_seconds,
        default=DEFAULT_OLDER_THAN,
        help="minimum age of the last push, such as 90m (default: 2h)",
    )
    parser.add_argument(
        "--job",
        metavar="NAME",
        default="",
        help="only groups of this job, even if telemap did not push them",
    )
    parser.add_argument("--dry-run", action="store_true", help="only report what would be deleted")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people, or one JSON object"
    )


def run(arguments: argparse.Namespace) -> int:
    """Sweep the gateway; return 1 if a group could not be deleted."""
    from telemap_lambda.sweep.pushgateway import swept_pushgateway  # noqa: PLC0415 - `--help` needs no HTTP

    environ = dict(os.environ)
    if arguments.gateway is not None:
        environ["GATEWAY"] = arguments.gateway
    elif not environ.get("GATEWAY"):
        raise UsageError("no gateway: use --gateway URL, or set GATEWAY")
    try:
        gateway = swept_pushgateway(environ)
    except SweepSettingsError as error:
        raise UsageError(str(error)) from error
    with gateway:
        result = sweep(gateway, Rule(arguments.older_than, arguments.job), dry_run=arguments.dry_run)
    if arguments.format == "json":
        groups = [_as_json(swept) for swept in result.swept]
        print_json(json.dumps({"counts": result.counts(), "groups": groups}, indent=2))
    else:
        _print_outcomes(result, arguments.job)
    return EXIT_PROBLEMS if result.counts()[Outcome.FAILED.value] else 0


def _seconds(text: str) -> float:
    seconds = duration(text)
    if seconds is None or seconds < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration such as 90m or 2h")
    return seconds


def _as_json(swept: Swept) -> dict[str, object]:
    reason = {"reason": swept.reason} if swept.reason else {}
    return {"labels": dict(swept.grouping), "age_seconds": swept.age, "outcome": swept.outcome.value, **reason}


def _print_outcomes(result: SweepResult, job: str) -> None:
    """Print one line per old group, and a summary."""
    for swept in result.swept:
        age = "" if swept.age is None else f", last push {_shown_age(swept.age)} ago"
        reason = f": {swept.reason}" if swept.reason else ""
        line = f"{_shown(swept.grouping)}{age}: {_WORDS[swept.outcome]}{reason}"
        if swept.outcome in _PROBLEMS:
            say(line)
        else:
            print_lines([line])
    counts = result.counts()
    whose = "of this job" if job else "of telemap's"
    outcomes = ", ".join(
        f"{counts[outcome.value]} {words}" for outcome, words in _WORDS.items() if counts[outcome.value]
    )
    print_lines([f"{result.groups} groups, {result.covered} {whose}: {outcomes or 'none is old enough'}"])


def _shown(grouping: Grouping) -> str:
    pairs = (f"{name}={json.dumps(value, ensure_ascii=not value.isprintable())}" for name, value in grouping)
    return f"{{{','.join(pairs)}}}"


def _shown_age(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours > 0:
        return f"{hours}h{minutes:02d}m"
    return f"{minutes}m{rest:02d}s" if minutes else f"{rest}s"
