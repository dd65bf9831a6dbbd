"""`telemap unmatched`: list what a mapping does not read in a recording, with drafts of metrics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from telemap.cli import EXIT_INTERRUPTED, EXIT_PROBLEMS
from telemap.cli.applying import SKIP_ADVICE, BadLines, covers, interrupted_after
from telemap.cli.files import load_or_show, log_advice, no_telemetry, open_recording
from telemap.cli.inputs import add_events, add_mapping, mapping_of, required_events
from telemap.cli.interruption import Interruption
from telemap.cli.output import print_data, print_json, print_lines, say
from telemap.cli.reading_progress import ReadingProgress
from telemap.count_text import count_text
from telemap.errors import DecodeError
from telemap.preview.notes import malformed_text
from telemap.recording import EventReader, NotJsonError

if TYPE_CHECKING:
    import argparse

    from telemap.preview.trial import Trial
    from telemap.unmatched import Unread
    from telemap.unmatched.survey import Survey


HELP = "List event types and paths in a recording that no metric reads, each with a draft of a metric."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    add_mapping(parser)
    add_events(parser)
    parser.add_argument(
        "--skip-bad-lines", action="store_true", help="skip lines that are not JSON, and report how many"
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "yaml"),
        default="text",
        help="for people (the default), one JSON object, or only the drafts, as a mapping",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what the mapping does not read; return 0 unless the recording is invalid, since no mapping reads all."""
    from telemap.preview.trial import begin  # noqa: PLC0415
    from telemap.unmatched import find_unmatched  # noqa: PLC0415 - `--help` does not need this
    from telemap.unmatched.parse_fit import ParseFit  # noqa: PLC0415
    from telemap.unmatched.survey import Survey  # noqa: PLC0415

    events = required_events(arguments)
    mapping = load_or_show(mapping_of(arguments))
    if mapping is None:
        return EXIT_PROBLEMS
    survey, trial = Survey(ParseFit(mapping)), begin(mapping, {})
    bad_lines = BadLines(say) if arguments.skip_bad_lines else None
    with open_recording(events) as recording:
        reader = EventReader(recording.read, on_bad=bad_lines)
        with ReadingProgress(recording) as progress:
            code, message = _survey(survey, trial, reader, events, progress)
    if survey.events:
        unread = find_unmatched(mapping, survey.close())
        _print(unread, arguments.format, has_samples=trial.has_samples)
        _report_skipped(unread)
        for note in trial.unparsed.notes():
            say(note)
    elif survey.malformed:
        say(malformed_text(survey.malformed))
    if reader.bad:
        say(f"skipped {count_text(reader.bad, 'bad line')}")
    if not survey.events and not code:
        code, message = EXIT_PROBLEMS, no_telemetry(events) + log_advice(events)
    if message:
        say(message)
    return code


def _survey(survey: Survey, trial: Trial, reader: EventReader, name: str, progress: ReadingProgress) -> tuple[int, str]:
    """Survey a recording up to its end, an error in it, or Ctrl-C; return the exit code and a message."""
    code, message = 0, ""
    try:
        with Interruption() as interruption:
            for batch in reader.batches():
                with interruption.held():
                    survey.add_all(batch)
                    trial.apply(batch)
                progress.advance(survey.events)
    except DecodeError as error:
        code, message = EXIT_PROBLEMS, f"{name}: {error}"
        advice = log_advice(name)
        if survey.events and not advice:
            message += covers(survey.events)
        message += advice or (SKIP_ADVICE if isinstance(error, NotJsonError) else "")
    except KeyboardInterrupt:
        code, message = EXIT_INTERRUPTED, interrupted_after(survey.events)
    return code, message


def _print(unread: Unread, form: str, *, has_samples: bool) -> None:
    from telemap.cli.unmatched.text import as_yaml, text_lines  # noqa: PLC0415 - `--help` does not need this
    from telemap.unmatched.documents import unmatched_document  # noqa: PLC0415

    if form == "json":
        print_json(json.dumps(unmatched_document(unread), indent=2, allow_nan=False))
    elif form == "yaml":
        print_data(as_yaml(unread))
    else:
        print_lines(text_lines(unread, has_samples=has_samples))
    print(end="", flush=True)  # before the messages below


def _report_skipped(unread: Unread) -> None:
    """Report what was not examined."""
    if unread.malformed:
        say(malformed_text(unread.malformed))
    if unread.dropped:
        say(f"skipped event types that 'drop' drops entirely: {', '.join(unread.dropped)}")
    if unread.overlooked:
        say(f"skipped {count_text(unread.overlooked, 'value')}: too many event types, names or steps")
