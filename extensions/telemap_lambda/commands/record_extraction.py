"""Find recorded events in what CloudWatch gives out, in any of its forms.

A log comes as text with things before and after each line (`aws logs tail`, exports to S3, the text form of
`filter-log-events`), with lines as strings in JSON (its JSON form, Logs Insights), or in CSV. In each of them a
recorded line stands whole on one line of the file, as it is, with the quotes escaped, or with the quotes doubled; but
for `aws logs tail --format json`, which lays out objects over many lines.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from telemap_lambda.recording.log_lines import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DECODER = json.JSONDecoder()

_NAME = f'"{KEY}"'
_PLAIN = f'{{"{KEY}"'
_ESCAPED = f'{{\\"{KEY}\\"'
_DOUBLED = f'{{""{KEY}""'

_JSON_STRING = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
_CSV_STRING = re.compile(r'(?:[^"]++|"")*+')

_MOST_LINES = 10_000
"""Most lines of one event that is laid out."""

_MOST_CHARACTERS = 16 * 1024 * 1024
"""Most characters of these lines."""


class RecordedLine(NamedTuple):
    """A line that was found.

    Attributes:
        event: None in the line that ends a recording.
        end: why it ended; empty when it does not.
    """

    process: str
    number: int
    event: dict[str, Any] | None
    end: str


class Extraction:
    """The recorded lines of logs, each once.

    Attributes:
        ends: reasons of recordings that ended before their processes did.
        unreadable: lines that are recorded ones, and were cut or changed.
        too_long: lines of files that were skipped for their length.
    """

    def __init__(self) -> None:
        self.ends: list[str] = []
        self.unreadable = 0
        self.too_long = 0
        self._processes: dict[str, dict[int, list[RecordedLine]]] = {}

    def read(self, line: str) -> None:
        """Take what is recorded in a line of a log."""
        for found in _recorded_lines(line):
            if found is None:
                self.unreadable += 1
                continue
            same = self._processes.setdefault(found.process, {}).setdefault(found.number, [])
            if found not in same:  # of one number there are several only where a snapshot was restored twice
                same.append(found)
                self.ends += [found.end] if found.end else []

    @property
    def events(self) -> Iterator[dict[str, Any]]:
        """Return the events: process by process, the first that began first, each in the order in which it recorded."""
        for numbered in sorted(self._processes.values(), key=_beginning):
            for _, lines in sorted(numbered.items()):
                yield from (line.event for line in lines if line.event is not None)

    @property
    def processes(self) -> int:
        """Count the processes that recorded."""
        return len(self._processes)

    @property
    def missing(self) -> int:
        """Count the events before others of their process that are not in the logs."""
        return sum(max(numbered) - len(numbered) for numbered in self._processes.values())


def _beginning(numbered: dict[int, list[RecordedLine]]) -> str:
    """Return the time of a process's first event; the times of one API are ordered as texts."""
    event = numbered[min(numbered)][0].event or {}
    return str(event.get("time", ""))


def _recorded_lines(line: str) -> Iterator[RecordedLine | None]:
    """Return what is recorded in a line of a file, as it is there, and in strings of JSON and of CSV."""
    if KEY not in line:
        return
    yield from _recorded_in(line)
    for beginning, string, read in ((_ESCAPED, _JSON_STRING, _unescaped), (_DOUBLED, _CSV_STRING, _undoubled)):
        at = 0
        while (start := line.find(beginning, at)) >= 0:
            match = string.match(line, start)
            at = match.end() if match else start
            yield from _recorded_in(read(line[start:at])) if line[at : at + 1] == '"' else (None,)


def _recorded_in(text: str) -> Iterator[RecordedLine | None]:
    """Return the recorded lines of a text; None for one that is not whole."""
    at = 0
    while (start := text.find(_PLAIN, at)) >= 0:
        try:
            value, at = _DECODER.raw_decode(text, start)
        except json.JSONDecodeError as error:
            at = max(error.pos - len(_PLAIN), start) + 1
            yield None
        except (ValueError, RecursionError):  # a number that is too long, or too deep
            at = start + len(_PLAIN)
            yield None
        else:
            yield _recorded_line(value)


def whole_lines(lines: Iterable[str]) -> Iterator[str]:
    """Return the lines of a file, with recorded lines put together that somebody has laid out as JSON for people."""
    held: list[str] = []
    indent = size = 0
    for line in lines:
        bare = line.lstrip()
        if held:
            held.append(bare.rstrip())
            size += len(held[-1])
            if len(line) - len(bare) < indent or len(held) > _MOST_LINES or size > _MOST_CHARACTERS:
                yield "".join(held)
                held = []
        elif bare.startswith(_NAME):
            indent = len(line) - len(bare)
            held = ["{", bare.rstrip()]
            size = len(held[-1])
        else:
            yield line
    if held:
        yield "".join(held)


def _unescaped(text: str) -> str:
    """Read a JSON string from its middle on."""
    try:
        read: str = json.loads(f'"{text}"')
    except ValueError:
        return _PLAIN  # which is not whole
    return read


def _undoubled(text: str) -> str:
    return text.replace('""', '"')


def _recorded_line(value: dict[str, Any]) -> RecordedLine | None:
    """Return what a recorded line's JSON says; None when it does not say it."""
    try:
        told = value[KEY]
        process, number = told["process"], told["number"]
        event, end = told.get("event"), told.get("end", "")
    except (LookupError, TypeError, AttributeError):
        return None
    sound = isinstance(process, str) and type(number) is int and number > 0 and isinstance(end, str)
    if not sound or not (isinstance(event, dict) or end):
        return None
    return RecordedLine(process, number, event if isinstance(event, dict) else None, end)


def is_log(line: str) -> bool | None:
    """Tell by the first line of a file that has a recorded line whether the file is a log; None by any other line.

    In an event, which may hold text that looks like a recorded line, the type comes first.
    """
    places = [at for beginning in (_PLAIN, _ESCAPED, _DOUBLED) if (at := line.find(beginning)) >= 0]
    return '"type"' not in line[: min(places)] if places else None
