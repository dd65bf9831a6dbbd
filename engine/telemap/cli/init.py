"""`telemap init`: begin a mapping and its test with a recording."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.files import events_in, log_advice, no_telemetry, open_recording
from telemap.cli.inputs import one_of
from telemap.cli.output import print_lines, say
from telemap.cli.reading_progress import ReadingProgress
from telemap.cli.values import file_name
from telemap.count_text import count_text

if TYPE_CHECKING:
    import argparse

    from telemap.unmatched import Unread

HELP = "Begin a mapping and its test with what a recording holds."

_ENDINGS = {".yaml", ".yml"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    what = "recorded events: a JSON array, or one JSON object per line, gzipped or not"
    parser.add_argument("events", metavar="EVENTS", nargs="?", type=file_name, help=what)
    parser.add_argument("--events", metavar="EVENTS", dest="events_option", type=file_name, help="the same")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=file_name,
        default="telemap.yaml",
        help="the mapping to write, with its test next to it (default: telemap.yaml)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write a mapping that counts what the recording holds, and a test with some of its events."""
    events = one_of(arguments, "events")
    if events is None:
        raise UsageError("EVENTS is missing: name recorded events; 'telemap sandbox --record FILE' makes some")
    if events == "-":
        raise UsageError("this command reads the recording twice, so it cannot be standard input: name a file")
    mapping = Path(arguments.output)
    if mapping.suffix not in _ENDINGS:
        raise UsageError(f"--output {arguments.output}: a mapping's name ends with .yaml or .yml")
    test = mapping.with_name(f"{mapping.stem}.test{mapping.suffix}")
    for path in (mapping, test):
        if os.path.lexists(path):
            raise UsageError(f"{path} exists: choose another name with --output, or remove it")
    unread = _unread(events)
    if not unread.events:
        say(no_telemetry(events) + log_advice(events))
        return EXIT_PROBLEMS
    return _write(unread, events, mapping, test)


def _unread(name: str) -> Unread:
    from telemap.load import load  # noqa: PLC0415 - `--help` does not need this
    from telemap.unmatched import find_unmatched  # noqa: PLC0415
    from telemap.unmatched.beginning import BASE  # noqa: PLC0415
    from telemap.unmatched.parse_fit import ParseFit  # noqa: PLC0415
    from telemap.unmatched.survey import Survey  # noqa: PLC0415

    base = load(BASE)
    survey = Survey(ParseFit(base))
    with open_recording(name) as recording, ReadingProgress(recording) as progress:
        for event in events_in(recording, name):
            survey.add(event)
            progress.advance(survey.events)
    return find_unmatched(base, survey.close())


def _write(unread: Unread, events: str, mapping: Path, test: Path) -> int:
    from telemap.compiler import compile as compile_mapping  # noqa: PLC0415 - `--help` does not need this
    from telemap.load import loads  # noqa: PLC0415
    from telemap.unmatched.beginning import Examples, mapping_text, test_text  # noqa: PLC0415

    text = mapping_text(unread)
    loaded = loads(text, str(mapping))
    plan = compile_mapping(loaded)
    examples = Examples(plan)
    with open_recording(events) as recording:
        examples.add_all(events_in(recording, events))
    try:
        mapping.write_text(text, encoding="utf-8")
        title = f"events of {Path(events).name} are counted"
        test.write_text(test_text(plan, examples.events, title, {}), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {error.filename}: {error.strerror}") from error
    shown = count_text(len(examples.events), "event")
    print_lines(
        [
            f"wrote {mapping}: {count_text(len(loaded.families), 'metric')}",
            f"wrote {test}: a test with {shown} of the recording, log text included",
            "next: edit the mapping, then run",
            f"  telemap validate --strict {mapping}",
            f"  telemap test {test}",
            f"  telemap preview {mapping} {events}",
        ]
    )
    return 0
