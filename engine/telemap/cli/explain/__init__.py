"""`telemap explain`: what a mapping means, what it does with events, and by which code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from telemap.cli import EXIT_INTERRUPTED, EXIT_PROBLEMS, UsageError
from telemap.cli.explain.code import code_lines
from telemap.cli.explain.events_json import event_object, summary_object
from telemap.cli.explain.events_text import event_lines
from telemap.cli.explain.mapping_json import mapping_object
from telemap.cli.explain.mapping_text import mapping_lines
from telemap.cli.explain.selection import wanted_events, wanted_families
from telemap.cli.explain.summary_text import summary_lines
from telemap.cli.files import load_or_show, no_telemetry
from telemap.cli.inputs import add_events, add_mapping, events_of
from telemap.cli.output import print_json, print_lines, say
from telemap.cli.values import whole
from telemap.compiler import compile as compile_mapping
from telemap.errors import DecodeError
from telemap.patterns import matches_any
from telemap.tracing.overview import resolve
from telemap.tracing.summary import SourceSum, Summary
from telemap.tracing.tracer import Tracer

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from typing import Any

    from telemap.model import Mapping
    from telemap.tracing.outcomes import EventTrace

HELP = "Show what a mapping means, or why events make the samples that they make, or none."


_MOST_TOLD: Final = 5
"""Events that are told one by one, where nobody says how many."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_mapping(parser, required=True)
    add_events(parser, "explain what happens to these recorded events; - is standard input")
    parser.add_argument(
        "--metric", metavar="NAME", action="append", default=[], help="only this metric, or pattern such as '*_total'"
    )
    parser.add_argument(
        "--number", metavar="N", action="append", type=whole(least=1), default=[], help="only the N-th event, from 1 on"
    )
    parser.add_argument(
        "--type", metavar="T", action="append", default=[], help="only events of this type, or pattern of types"
    )
    parser.add_argument(
        "--most", metavar="N", type=whole(least=1), help="tell up to N events one by one; then all are summed up (5)"
    )
    parser.add_argument("--all", action="store_true", help="tell also of sources that do not read an event's type")
    parser.add_argument("--format", choices=("text", "json"), help="for people (the default), or one JSON object")
    parser.add_argument("--code", action="store_true", help="print the Python code that the mapping is compiled to")


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation."""
    arguments.events = events_of(arguments)
    _check_use(arguments)
    mapping = load_or_show(arguments.mapping)
    if mapping is None:
        return EXIT_PROBLEMS
    if arguments.code:
        print_lines(code_lines(compile_mapping(mapping)))
    elif arguments.events is None:
        _explain_mapping(mapping, arguments)
    else:
        return _explain_events(mapping, arguments)
    return 0


def _check_use(arguments: argparse.Namespace) -> None:
    """Refuse options that say nothing together."""
    if arguments.code:
        given = ("events", "metric", "number", "type", "most", "all", "format")
        if others := [f"--{name}" for name in given if getattr(arguments, name)]:
            raise UsageError(f"--code prints the code of the whole mapping, and does not go with {others[0]}")
    others = [f"--{name}" for name in ("number", "type", "most", "all") if getattr(arguments, name)]
    if others and arguments.events is None:
        raise UsageError(f"{others[0]} is about events; name a recording with --events")


def _explain_mapping(mapping: Mapping, arguments: argparse.Namespace) -> None:
    resolved = resolve(mapping, wanted_families(mapping, arguments.metric))
    if arguments.format == "json":
        print_json(json.dumps(mapping_object(resolved), indent=2))
    else:
        print_lines(mapping_lines(resolved))


def _explain_events(mapping: Mapping, arguments: argparse.Namespace) -> int:
    """Explain the events before a fault of the recording, or before Ctrl-C, too."""
    families = wanted_families(mapping, arguments.metric)
    tracer = Tracer(mapping, wanted=families.__contains__)
    summary = Summary([SourceSum(lone) for lone in tracer.sources])
    faults: list[DecodeError | KeyboardInterrupt] = []
    told = _until_fault(_told(tracer, summary, arguments), summary, faults)
    if arguments.format == "json":
        events = [event_object(number, trace, everything=arguments.all) for number, _, trace in told]
        sums = summary_object(summary)
        whole = {"mapping": mapping.name, "sha256": mapping.sha256, "events": events, "summary": sums}
        print_json(json.dumps(whole, indent=2))
        return _end(faults, summary, arguments.events)
    for number, event, trace in told:
        print_lines(event_lines(number, event, trace, everything=arguments.all))
    if summary.events > 1:
        print_lines(summary_lines(summary, everything=arguments.all))
    return _end(faults, summary, arguments.events)


def _until_fault(
    told: Iterator[tuple[int, Any, EventTrace]], summary: Summary, faults: list[DecodeError | KeyboardInterrupt]
) -> Iterator[tuple[int, Any, EventTrace]]:
    """Return what is told until something is wrong, and note that; it is raised where there is nothing before it."""
    try:
        yield from told
    except (DecodeError, KeyboardInterrupt) as fault:
        if not summary.events:
            raise
        faults.append(fault)


def _end(faults: Sequence[DecodeError | KeyboardInterrupt], summary: Summary, recording: str) -> int:
    """Report what ended the recording too early, if anything, and return the exit code."""
    events = summary.events
    if not faults and summary.malformed < events:
        return 0
    print(end="", flush=True)  # before what is said of it
    if not faults:
        say(no_telemetry(recording))
        return EXIT_PROBLEMS
    before = "1 event" if events == 1 else f"{events:,} events"
    if isinstance(faults[0], KeyboardInterrupt):
        say(f"interrupted after {before}; the output covers these")
        return EXIT_INTERRUPTED
    say(f"{faults[0]}; the output covers the {before} before that")
    return EXIT_PROBLEMS


def _told(tracer: Tracer, summary: Summary, arguments: argparse.Namespace) -> Iterator[tuple[int, Any, EventTrace]]:
    """Trace all events, and give those that are told one by one; the only one is, whatever it is."""
    most = arguments.most or (len(arguments.number) or _MOST_TOLD)
    told = 0
    first = None
    for number, event in wanted_events(arguments.events, arguments.number, arguments.type):
        trace = tracer.trace(event)
        summary.add(number, trace)
        if told < most and (arguments.number or not arguments.metric or _concerns(tracer, trace)):
            told += 1
            yield number, event, trace
        elif summary.events == 1:
            first = number, event, trace
    if summary.events == 1 and first is not None:
        yield first


def _concerns(tracer: Tracer, trace: EventTrace) -> bool:
    """Return whether an event is of a type that any of the sources reads."""
    event_type = trace.event_type
    return event_type is not None and any(matches_any(one.source.patterns, event_type) for one in tracer.sources)
