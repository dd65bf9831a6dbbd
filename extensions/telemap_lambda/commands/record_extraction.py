"""Find recorded events in logs from CloudWatch, in any of its formats.

A log is text with a prefix or suffix on each line (`aws logs tail`, exports to S3, the text format of
`filter-log-events`), JSON with lines as strings (its JSON format, Logs Insights), or CSV. In all of them, a recorded
line is on a single line of the file: unchanged, with escaped quotes, or with doubled quotes. The exception is
`aws logs tail --format json`, which spreads objects over several lines.
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

_MAX_LINES = 10_000
"""Maximum number of lines of an event that is spread over several."""

_MAX_CHARACTERS = 16 * 1024 * 1024
"""Maximum number of characters of these lines."""


class RecordedLine(NamedTuple):
    """A recorded line.

    Attributes:
        event: None in the line that ends a recording.
        end: why the recording ended, in that line; otherwise empty.
    """

    process: str
    number: int
    event: dict[str, Any] | None
    end: str


class Extraction:
    """The recorded lines of logs, without duplicates.

    Attributes:
        ends: why recordings ended before their processes.
        unreadable: the number of recorded lines that were truncated or changed.
        too_long: the number of lines that were skipped because of their length.
    """

    def __init__(self) -> None:
        self.ends: list[str] = []
        self.unreadable = 0
        self.too_long = 0
        self._processes: dict[str, dict[int, list[RecordedLine]]] = {}

    def read(self, line: str) -> None:
        """Extract the recorded lines from a line of a log."""
        for found in _recorded_lines(line):
            if found is None:
                self.unreadable += 1
                continue
            same = self._processes.setdefault(found.process, {}).setdefault(found.number, [])
            if found not in same:  # a number is used twice only if a snapshot was restored twice
                same.append(found)
                self.ends += [found.end] if found.end else []

    @property
    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the events by process, in the order in which the processes started and recorded them."""
        for numbered in sorted(self._processes.values(), key=_beginning):
            for _, lines in sorted(numbered.items()):
                yield from (line.event for line in lines if line.event is not None)

    @property
    def processes(self) -> int:
        """The number of processes that recorded."""
        return len(self._processes)

    @property
    def missing(self) -> int:
        """The number of events that are missing before others of their process."""
        return sum(max(numbered) - len(numbered) for numbered in self._processes.values())


def _beginning(numbered: dict[int, list[RecordedLine]]) -> str:
    """Return the time of a process's first event, as text, which sorts by time."""
    event = numbered[min(numbered)][0].event or {}
    return str(event.get("time", ""))


def _recorded_lines(line: str) -> Iterator[RecordedLine | None]:
    """Yield the recorded lines in a line of a file: as they are, and inside strings of JSON and CSV."""
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
    """Yield the recorded lines in a text; None for each that is incomplete."""
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
    """Yield the lines of a file, joining recorded lines that were pretty-printed as JSON."""
    held: list[str] = []
    indent = size = 0
    for line in lines:
        bare = line.lstrip()
        if held:
            held.append(bare.rstrip())
            size += len(held[-1])
            if len(line) - len(bare) < indent or len(held) > _MAX_LINES or size > _MAX_CHARACTERS:
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
    """Decode the rest of a JSON string."""
    try:
        read: str = json.loads(f'"{text}"')
    except ValueError:
        return _PLAIN  # incomplete
    return read


def _undoubled(text: str) -> str:
    return text.replace('""', '"')


def _recorded_line(value: dict[str, Any]) -> RecordedLine | None:
    """Return the recorded line in a JSON object; None if it is incomplete."""
    try:
        fields = value[KEY]
        process, number = fields["process"], fields["number"]
        event, end = fields.get("event"), fields.get("end", "")
    except (LookupError, TypeError, AttributeError):
        return None
    sound = isinstance(process, str) and type(number) is int and number > 0 and isinstance(end, str)
    if not sound or not (isinstance(event, dict) or end):
        return None
    return RecordedLine(process, number, event if isinstance(event, dict) else None, end)


def is_log(line: str) -> bool | None:
    """Return whether the file is a log, if the line contains a recorded line; otherwise None.

    The event of a recording may also contain text that looks like a recorded line, but after its type.
    """
    places = [at for beginning in (_PLAIN, _ESCAPED, _DOUBLED) if (at := line.find(beginning)) >= 0]
    return '"type"' not in line[: min(places)] if places else None
