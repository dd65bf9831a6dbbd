"""`telemap record`: extract recordings from CloudWatch logs, and make recordings safe to share."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from telemap.cli import EXIT_INTERRUPTED, EXIT_PROBLEMS, UsageError
from telemap.cli.files import is_telemetry_event, no_telemetry, require_recording_place
from telemap.cli.interruption import Interruption
from telemap.cli.output import print_json, say
from telemap.cli.values import file_name
from telemap.errors import DecodeError
from telemap.recording import ForeignError, read_events
from telemap.whole_file import write_whole
from telemap_lambda.commands.record_extraction import Extraction, is_log, whole_lines
from telemap_lambda.commands.record_input import IN_MEMORY, LONGEST_LINE, STDIN, LogLines, opened

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

HELP = "Extract recorded telemetry from CloudWatch logs, and remove log text from recordings."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=file_name,
        help="a log of a function with TELEMAP_RECORD=log, in any format of 'aws logs', or a recording; optionally"
        " gzipped; - is standard input",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=file_name,
        help="where to write (default: standard output); NAME.gz is gzipped",
    )
    parser.add_argument(
        "--with-logs", action="store_true", help="keep log text, tenants and account ids if they were recorded"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the events, one per line, and report on standard error what is missing.

    Returns:
        1 if there are no events or a file is invalid; the events that could be read are written anyway.
    """
    _check(arguments.files, arguments.output)
    extraction = Extraction()
    faults: list[str] = []
    written = _EventLines(_events(arguments.files, extraction, faults), with_logs=arguments.with_logs)
    if arguments.output is None:
        for line in written:
            print_json(line)
    else:
        _write(arguments.output, written)
    _report(extraction, written)
    for fault in faults:
        _say(fault)
    if written.interrupted:
        _say(f"interrupted after {written.count:,} events, which have been written")
        return EXIT_INTERRUPTED
    if faults:
        return EXIT_PROBLEMS
    if written.count:
        return 0
    where = ", ".join(arguments.files)
    _say(f"{no_telemetry(where)}: was TELEMAP_RECORD=log set, and does the log cover that time?")
    return EXIT_PROBLEMS


def _check(names: Sequence[str], output: str | None) -> None:
    """Refuse impossible requests before anything is written."""
    if names.count(STDIN) > 1:
        raise UsageError("standard input can be read only once: specify '-' once")
    for name in names:
        if name == STDIN:
            continue
        if not Path(name).exists():
            raise UsageError(f"no such file: {name}")
        if Path(name).is_dir():
            raise UsageError(f"{name} is a directory; specify the files in it")
        if output is not None and Path(output).exists() and Path(output).samefile(name):
            raise UsageError(f"{output} would overwrite an input; choose another name for --output")
    if output is not None:
        require_recording_place(output)


def _events(names: Sequence[str], extraction: Extraction, faults: list[str]) -> Iterator[Any]:
    """Yield the events of recordings in order, then those of all logs.

    Args:
        names: the files.
        extraction: collects the recorded lines of logs.
        faults: collects the problems of files; the events before a problem are yielded.

    Raises:
        KeyboardInterrupt: Ctrl-C, after the events found so far have been yielded.
    """
    try:
        for name in names:
            try:
                yield from _of_file(name, extraction)
            except DecodeError as error:
                faults.append(f"{name}: {error}")
    except KeyboardInterrupt:
        yield from extraction.events
        raise
    yield from extraction.events


def _of_file(name: str, extraction: Extraction) -> Iterator[Any]:
    with opened(name) as stream:
        if _holds_recorded_lines(LogLines(stream)):
            lines = LogLines(stream)
            for line in whole_lines(lines):
                extraction.read(line)
            extraction.too_long += lines.too_long
        else:
            stream.seek(0)
            yield from _recording(stream)


def _recording(stream: IO[bytes]) -> Iterator[Any]:
    """Yield the events of a recording, up to the first problem.

    Raises:
        DecodeError: the recording is invalid from there on.
    """
    count = 0
    try:
        for event in read_events(stream):
            count += 1
            yield event
    except DecodeError as error:
        if count:
            before = "1 event before that is" if count == 1 else f"{count:,} events before that are"
            raise DecodeError(f"{error}; {before} taken, nothing after it: fix the line, or remove it") from error
        if isinstance(error, ForeignError):
            raise
        what = "it has no lines written by TELEMAP_RECORD=log, and is not a recording"
        raise DecodeError(f"{what}: {error}") from error


def _holds_recorded_lines(lines: LogLines) -> bool:
    try:
        return next((found for line in whole_lines(lines) if (found := is_log(line)) is not None), False)
    except DecodeError:  # reported when the file is read again
        return False


class _EventLines:
    """Turn events into lines.

    Attributes:
        count: the number of lines so far.
        left_out: the number of values that are not events, or that JSON cannot represent.
        interrupted: whether Ctrl-C interrupted the reading.
    """

    def __init__(self, events: Iterator[Any], *, with_logs: bool) -> None:
        self.count = 0
        self.left_out = 0
        self.interrupted = False
        self._events = events
        self._with_logs = with_logs

    def __iter__(self) -> Iterator[str]:
        from telemap_lambda.recording.anonymizing import shape_of_event  # noqa: PLC0415 - `--help` needs none of it

        for event in self._until_interrupted():
            try:
                kept = event if self._with_logs else shape_of_event(event)
                line = json.dumps(kept, separators=(",", ":"), allow_nan=False)
            except (ValueError, RecursionError):
                self.left_out += 1
                continue
            self.count += 1
            yield line

    def _until_interrupted(self) -> Iterator[Any]:
        """Yield events until Ctrl-C, which never interrupts the processing of an event."""
        try:
            with Interruption() as interruption:
                for event in self._events:
                    if not is_telemetry_event(event):
                        self.left_out += 1
                        continue
                    with interruption.held():
                        yield event
        except KeyboardInterrupt:
            self.interrupted = True


def _write(name: str, lines: _EventLines) -> None:
    """Write the file after everything has been read; write nothing if there are no events.

    Raises:
        UsageError: the file cannot be written.
    """
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as made:
        # Without a timestamp, the same events result in the same file.
        packed = gzip.GzipFile(filename="", fileobj=made, mode="wb", mtime=0) if name.endswith(".gz") else made
        for line in lines:
            packed.write(f"{line}\n".encode())
        if packed is not made:
            packed.close()
        if not lines.count:
            return
        made.seek(0)
        try:
            write_whole(name, made)
        except OSError as error:
            raise UsageError(f"cannot write {name or 'a file without a name'}: {error.strerror}") from error


def _report(extraction: Extraction, written: _EventLines) -> None:
    """Report on standard error what was found and what is missing."""
    if extraction.processes:
        _say(f"events: {written.count}, recorded by {extraction.processes} processes")
    if extraction.missing:
        _say(f"missing events: {extraction.missing}; fetch a longer period of the log")
    if extraction.unreadable:
        _say(f"skipped recorded lines that were truncated or changed: {extraction.unreadable}")
    if extraction.too_long:
        _say(f"skipped lines of more than {LONGEST_LINE // (1024 * 1024)} MiB: {extraction.too_long}")
    for end in sorted(set(extraction.ends)):
        _say(f"recordings that ended before their processes: {extraction.ends.count(end)}; {end}")
    if written.left_out:
        _say(f"skipped values that are not telemetry events (objects whose 'type' is a string): {written.left_out}")


def _say(line: str) -> None:
    say(line)
