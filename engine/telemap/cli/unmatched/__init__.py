"""`telemap unmatched`: what a recording holds that a mapping does not read, with drafts of what would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.cli import EXIT_INTERRUPTED, EXIT_PROBLEMS
from telemap.cli.applying import BadLines
from telemap.cli.files import load_or_show, no_telemetry, open_recording
from telemap.cli.inputs import add_events, add_mapping, mapping_of, required_events
from telemap.cli.interruption import Interruption
from telemap.cli.output import print_data, print_json, print_lines, say
from telemap.errors import DecodeError
from telemap.recording import EventReader, NotJsonError

if TYPE_CHECKING:
    import argparse

    from telemap.unmatched import Unread
    from telemap.unmatched.survey import Survey


HELP = "List event types and paths in a recording that no family reads, each with a draft of the family that would."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_mapping(parser)
    add_events(parser)
    parser.add_argument("--skip-bad-lines", action="store_true", help="pass over what is no JSON, and say how often")
    parser.add_argument(
        "--format",
        choices=("text", "json", "yaml"),
        default="text",
        help="lines for people, one JSON object, or the drafts alone: a mapping to include (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is not read, as far as the recording goes.

    It is no fault of a mapping that it leaves something out: the exit code is 0, unless the recording is at fault.
    """
    from telemap.unmatched import find_unmatched  # noqa: PLC0415 - `--help` needs none of this
    from telemap.unmatched.survey import Survey  # noqa: PLC0415

    events = required_events(arguments)
    mapping = load_or_show(mapping_of(arguments))
    if mapping is None:
        return EXIT_PROBLEMS
    survey = Survey()
    bad_lines = BadLines(say) if arguments.skip_bad_lines else None
    with open_recording(events) as recording:
        reader = EventReader(recording.read, on_bad=bad_lines)
        code, trouble = _survey(survey, reader, events)
    if survey.events:
        unread = find_unmatched(mapping, survey)
        _print(unread, arguments.format)
        _report(unread)
    elif survey.malformed:
        say(_malformed(survey.malformed))
    if reader.bad:
        say(f"skipped bad lines: {reader.bad:,}")
    if not survey.events and not code:
        code, trouble = EXIT_PROBLEMS, no_telemetry(events)
    if trouble:
        say(trouble)
    return code


def _survey(survey: Survey, reader: EventReader, name: str) -> tuple[int, str]:
    """Survey a recording until its end, a fault in it, or Ctrl-C; give the exit code, and what people should know."""
    code, trouble = 0, ""
    try:
        with Interruption() as interruption:
            for batch in reader.batches():
                with interruption.held():
                    survey.add_all(batch)
    except DecodeError as error:
        code, trouble = EXIT_PROBLEMS, f"{name}: {error}"
        if survey.events:
            before = "1 event" if survey.events == 1 else f"{survey.events:,} events"
            trouble += f"; the output covers the {before} before that"
        if isinstance(error, NotJsonError):
            trouble += ", and --skip-bad-lines" if survey.events else "; --skip-bad-lines"
            trouble += " skips such lines"
    except KeyboardInterrupt:
        code, trouble = EXIT_INTERRUPTED, f"interrupted after {survey.events:,} events; the output covers these"
    return code, trouble


def _print(unread: Unread, form: str) -> None:
    from telemap.cli.unmatched.text import as_json, as_yaml, text_lines  # noqa: PLC0415 - `--help` needs none of this

    if form == "json":
        print_json(as_json(unread))
    elif form == "yaml":
        print_data(as_yaml(unread))
    else:
        print_lines(text_lines(unread))
    print(end="", flush=True)  # before what is said of it


def _report(unread: Unread) -> None:
    """Report what was not looked at."""
    if unread.malformed:
        say(_malformed(unread.malformed))
    if unread.dropped:
        say(f"not examined, because 'drop' matches them all: {', '.join(unread.dropped)}")
    if unread.overlooked:
        say(f"not examined, because there are too many types, names or steps: {unread.overlooked} values")


def _malformed(count: int) -> str:
    return f"{count} of the events are not telemetry events: objects with a text 'type'"
