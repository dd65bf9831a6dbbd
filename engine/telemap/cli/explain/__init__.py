"""`telemap explain`: what a mapping means, what it does with events, and the code that does it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from telemap.cli import EXIT_INTERRUPTED, EXIT_PROBLEMS, UsageError
from telemap.cli.applying import covers, interrupted_after
from telemap.cli.explain.code import code_lines
from telemap.cli.explain.events_json import event_object, summary_object
from telemap.cli.explain.events_text import event_lines
from telemap.cli.explain.mapping_json import mapping_object
from telemap.cli.explain.mapping_text import mapping_lines
from telemap.cli.explain.selection import wanted_events, wanted_families
from telemap.cli.explain.summary_text import summary_lines
from telemap.cli.files import events_in, load_or_show, log_advice, no_telemetry, open_recording
from telemap.cli.inputs import add_events, add_mapping, events_of
from telemap.cli.output import print_json, print_lines, say
from telemap.cli.reading_progress import ReadingProgress
from telemap.cli.values import whole
from telemap.compiler import compile as compile_mapping
from telemap.errors import DecodeError
from telemap.patterns import matches_any
from telemap.tracing.overview import resolve
from telemap.tracing.tally import Tally
from telemap.tracing.tracer import Tracer, event_type_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from typing import Any

    from telemap.model import Mapping
    from telemap.tracing.outcomes import EventTrace
    from telemap.tracing.summary import Summary

HELP = "Show what a mapping means, or why events produce samples or do not."


_MAX_EVENTS: Final = 5
"""Events explained one by one by default."""

_AT_ONCE: Final = 100
"""Events whose regexes share a time limit."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    add_mapping(parser, required=True)
    add_events(parser, "explain what happens to these recorded events; - is standard input")
    parser.add_argument(
        "--metric",
        metavar="NAME",
        action="append",
        default=[],
        help="only this metric, or a pattern such as '*_total'; may be repeated",
    )
    parser.add_argument(
        "--number",
        metavar="N",
        action="append",
        type=whole(least=1),
        default=[],
        help="only the N-th event, counting from 1; may be repeated",
    )
    parser.add_argument(
        "--type",
        metavar="T",
        action="append",
        default=[],
        help="only events of this type or pattern of types; may be repeated",
    )
    parser.add_argument(
        "--most", metavar="N", type=whole(least=1), help="explain at most N events one by one (default: 5)"
    )
    parser.add_argument("--summary", action="store_true", help="print only the summary of all events")
    parser.add_argument("--all", action="store_true", help="include rules that do not read an event's type")
    parser.add_argument("--format", choices=("text", "json"), help="for people (the default), or one JSON object")
    parser.add_argument("--code", action="store_true", help="print the Python code that the mapping is compiled to")


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation."""
    arguments.events = events_of(arguments)
    _check_options(arguments)
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


def _check_options(arguments: argparse.Namespace) -> None:
    """Raise a usage error for options that cannot be combined."""
    if arguments.code:
        names = ("events", "metric", "number", "type", "most", "summary", "all", "format")
        if others := [f"--{name}" for name in names if getattr(arguments, name)]:
            raise UsageError(f"--code cannot be used with {others[0]}: it prints the code of the whole mapping")
    others = [f"--{name}" for name in ("number", "type", "most", "summary", "all") if getattr(arguments, name)]
    if others and arguments.events is None:
        raise UsageError(f"{others[0]} needs EVENTS: name a recording after the mapping, or with --events")
    if arguments.summary and arguments.most:
        raise UsageError("--most cannot be used with --summary: it explains no event one by one")


def _explain_mapping(mapping: Mapping, arguments: argparse.Namespace) -> None:
    resolved = resolve(mapping, wanted_families(mapping, arguments.metric))
    if arguments.format == "json":
        print_json(json.dumps(mapping_object(resolved), indent=2))
    else:
        print_lines(mapping_lines(resolved))


def _explain_events(mapping: Mapping, arguments: argparse.Namespace) -> int:
    """Explain events up to the end of the recording, an error in it, or Ctrl-C."""
    families = wanted_families(mapping, arguments.metric)
    tracer = Tracer(mapping, wanted=families.__contains__)
    tally = Tally(mapping, tracer)
    summary = tally.summary
    errors: list[DecodeError | KeyboardInterrupt] = []
    traces = _until_error(_traces(tracer, tally, arguments), summary, errors)
    if arguments.format == "json":
        events = [event_object(number, trace, everything=arguments.all) for number, _, trace in traces]
        sums = summary_object(summary)
        document = {"mapping": mapping.name, "sha256": mapping.sha256, "events": events, "summary": sums}
        print_json(json.dumps(document, indent=2))
        return _finish(errors, summary, arguments.events)
    for number, event, trace in traces:
        print_lines(event_lines(number, event, trace, everything=arguments.all))
    if summary.events > 1 or (arguments.summary and summary.events):
        print_lines(summary_lines(summary, everything=arguments.all))
    return _finish(errors, summary, arguments.events)


def _until_error(
    traces: Iterator[tuple[int, Any, EventTrace]], summary: Summary, errors: list[DecodeError | KeyboardInterrupt]
) -> Iterator[tuple[int, Any, EventTrace]]:
    """Yield traces up to an error, which is appended to `errors`, or raised if no event precedes it."""
    try:
        yield from traces
    except (DecodeError, KeyboardInterrupt) as error:
        if not summary.events:
            raise
        errors.append(error)


def _finish(errors: Sequence[DecodeError | KeyboardInterrupt], summary: Summary, recording: str) -> int:
    """Report why the recording was not read to its end, if so, and return the exit code."""
    if not errors and summary.malformed < summary.events:
        return 0
    print(end="", flush=True)  # before the messages below
    if not errors:
        say(no_telemetry(recording) + log_advice(recording))
        return EXIT_PROBLEMS
    if isinstance(errors[0], KeyboardInterrupt):
        say(interrupted_after(summary.events))
        return EXIT_INTERRUPTED
    say(f"{errors[0]}{covers(summary.events)}")
    return EXIT_PROBLEMS


def _traces(tracer: Tracer, tally: Tally, arguments: argparse.Namespace) -> Iterator[tuple[int, Any, EventTrace]]:
    """Count all events, and yield the traces of those to explain one by one; if there is only one event, its trace."""
    most = 0 if arguments.summary else arguments.most or len(arguments.number) or _MAX_EVENTS
    count = 0
    first = None
    name = arguments.events
    with open_recording(name) as recording, ReadingProgress(recording) as progress:
        events = events_in(recording, name)
        for batch in _batches(wanted_events(events, name, arguments.number, arguments.type)):
            tally.add(batch)
            first = batch[0] if tally.summary.events == 1 else None
            for number, event in batch if count < most else ():
                if count < most and (arguments.number or not arguments.metric or _concerns(tracer, event)):
                    count += 1
                    yield number, event, tracer.trace(event)
            if count == most:  # from here on, only the bar is written to the terminal
                progress.advance(tally.summary.events)
    if first and not count and not arguments.summary:
        yield (*first, tracer.trace(first[1]))


def _batches(events: Iterator[tuple[int, Any]]) -> Iterator[list[tuple[int, Any]]]:
    """Yield events in batches; an error comes after the events before it."""
    batch: list[tuple[int, Any]] = []
    try:
        for one in events:
            batch.append(one)
            if len(batch) >= _AT_ONCE:
                full, batch = batch, []  # Ctrl-C may interrupt at any moment: never yield a batch twice
                yield full
    except (DecodeError, KeyboardInterrupt):
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _concerns(tracer: Tracer, event: Any) -> bool:
    """Return whether any of the traced sources reads events of this type."""
    event_type = event_type_of(event)
    return event_type is not None and any(matches_any(one.source.patterns, event_type) for one in tracer.sources)
