"""`telemap record`: recordings out of CloudWatch's logs, and recordings that can be shared."""

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
from telemap.errors import DecodeError
from telemap.recording import ForeignError, read_events
from telemap.whole_file import write_whole
from telemap_lambda.commands.record_extraction import Extraction, is_log, whole_lines
from telemap_lambda.commands.record_input import IN_MEMORY, LONGEST_LINE, STDIN, LogLines, opened

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

HELP = "Take recorded telemetry out of CloudWatch's logs, and log text out of recordings."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="a log of a function with TELEMAP_RECORD=log, in any form in which 'aws logs' gives it out, or a"
        " recording; compressed with gzip or not; - is standard input",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="where to (default: standard output); NAME.gz is compressed with gzip"
    )
    parser.add_argument(
        "--with-logs", action="store_true", help="keep log text, tenants and account ids where they were recorded"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the events, one a line; say on standard error what is missing.

    1 when there are none, or when something is at fault; what could be read is written.
    """
    _check(arguments.files, arguments.output)
    extraction = Extraction()
    faults: list[str] = []
    written = _Writing(_events(arguments.files, extraction, faults), with_logs=arguments.with_logs)
    if arguments.output is None:
        for line in written:
            print_json(line)
    else:
        _write(arguments.output, written)
    _report(extraction, written)
    for fault in faults:
        _say(fault)
    if written.interrupted:
        _say(f"interrupted after {written.count:,} events; the file holds these")
        return EXIT_INTERRUPTED
    if faults:
        return EXIT_PROBLEMS
    if written.count:
        return 0
    where = ", ".join(arguments.files)
    _say(f"{no_telemetry(where)}: was TELEMAP_RECORD=log set, and does the log cover that time?")
    return EXIT_PROBLEMS


def _check(names: Sequence[str], output: str | None) -> None:
    """Refuse what cannot be carried out, before anything is written."""
    if names.count(STDIN) > 1:
        raise UsageError("standard input can be read once: give '-' one time")
    for name in names:
        if name == STDIN:
            continue
        if not Path(name).exists() or not name:
            raise UsageError(f"no such file: {name or 'the name is empty'}")
        if Path(name).is_dir():
            raise UsageError(f"{name} is a directory: name the files in it")
        if output is not None and Path(output).exists() and Path(output).samefile(name):
            raise UsageError(f"{output} would overwrite an input; choose another name for --output")
    if output is not None:
        require_recording_place(output)


def _events(names: Sequence[str], extraction: Extraction, faults: list[str]) -> Iterator[Any]:
    """Return the events of recordings as they stand there, then those of all logs together.

    Args:
        names: the files.
        extraction: takes what is in logs.
        faults: takes what is at fault in a file; what came before it in the file is given.

    Raises:
        KeyboardInterrupt: Ctrl-C; what was found in logs until then has been given.
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
    """Return the events of a recording, those before a fault too.

    Raises:
        DecodeError: there is a fault.
    """
    count = 0
    try:
        for event in read_events(stream):
            count += 1
            yield event
    except DecodeError as error:
        if count:
            before = "1 event before that is" if count == 1 else f"{count:,} events before that are"
            raise DecodeError(f"{error}; {before} taken, nothing after it: mend it, or take it out") from error
        if isinstance(error, ForeignError):
            raise
        what = "no line of it was written by TELEMAP_RECORD=log, and it is not a recording either"
        raise DecodeError(f"{what}: {error}") from error


def _holds_recorded_lines(lines: LogLines) -> bool:
    try:
        return next((found for line in whole_lines(lines) if (found := is_log(line)) is not None), False)
    except DecodeError:  # which is told when it is read
        return False


class _Writing:
    """Turn events into lines.

    Attributes:
        count: lines so far.
        left_out: values that are no events, or that JSON cannot hold.
        interrupted: whether Ctrl-C came before all was read.
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
        """Return events, until Ctrl-C: what is done with an event is done whole."""
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


def _write(name: str, lines: _Writing) -> None:
    """Write a file, once all that goes into it is known to be readable; without events none.

    Raises:
        UsageError: it cannot be written.
    """
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as made:
        # Without a time in it the same events give the same file.
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


def _report(extraction: Extraction, written: _Writing) -> None:
    """Report on standard error what there is, and what is missing."""
    if extraction.processes:
        _say(f"events: {written.count}, recorded by {extraction.processes} processes")
    if extraction.missing:
        _say(f"missing events: {extraction.missing}; take a longer period of the log")
    if extraction.unreadable:
        _say(f"skipped recorded lines that were cut or changed: {extraction.unreadable}")
    if extraction.too_long:
        _say(f"skipped lines of more than {LONGEST_LINE // (1024 * 1024)} MiB: {extraction.too_long}")
    for end in sorted(set(extraction.ends)):
        _say(f"recordings that ended before their processes: {extraction.ends.count(end)}; {end}")
    if written.left_out:
        _say(f"skipped values that are not telemetry events (objects with a text 'type'): {written.left_out}")


def _say(line: str) -> None:
    say(line)
