"""Read a log that is text: with a time, and maybe the log stream, before each message, or the bare messages.

What stands before the messages is recognised by lines of the platform, because the messages of many runtimes begin with
a time of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from telemap.cloudwatch.messages import Log, Message, time_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TIME: Final = r"(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)"
_STREAM: Final = r"(?P<stream>\d{4}/\d\d/\d\d/\S*\[[^\]\s]+\][0-9a-f]{8,64})"

_PLATFORM: Final = (
    r"(?:(?:START|END|REPORT) RequestId: |(?:INIT|RESTORE)_(?:START|REPORT)\s|(?:EXTENSION|TELEMETRY|LOGS)\s+Name: "
    r'|\{\s*"(?:time|type)"\s*:\s*"[^"]*"\s*,\s*"(?:time|type)")'
)

_PREFIXES: Final = {
    "the output of 'aws logs tail'": re.compile(rf"{_TIME} {_STREAM}[ \t]"),
    "the output of 'sam logs'": re.compile(rf"{_STREAM} {_TIME}[ \t]"),
    "a log with times": re.compile(rf"{_TIME}[ \t]+"),
    "a log copied from the console": re.compile(rf"{_TIME}[ \t]*\n"),
}
"""What stands before a message, by what writes it."""

_BARE: Final = "a log"

_ROW: Final = re.compile(
    r"^EVENTS\t(?:(?P<id>\d+)\t)?\d{10,14}\t(?:(?P<stream>[^\t\n]*/[^\t\n]*)\t)?(?P<text>.*?)\t(?P<time>\d{10,14})$",
    re.MULTILINE | re.DOTALL,
)
"""A message in the text output of `filter-log-events` and `get-log-events`: the fields in the order of their names."""

_COLOUR: Final = re.compile(r"\x1b\[\d*m")

_OF_NODE: Final = rf"{_TIME.replace('time', 'begin')}\t(?:[0-9a-f-]{{8,36}}|undefined)\t[A-Z]+\t"
_OF_A_LOGGER: Final = re.compile(rf"\[\w+\]\t{_TIME}\t|{_OF_NODE}")
"""The beginning of a message by the loggers of the Node.js and Python runtimes."""

_GOES_ON: Final = re.compile(r"[ \xa0\t]|Traceback \(most recent call last\):|Caused by: |XRAY TraceId: ")
"""The beginning of a line that belongs to the one before it, where nothing stands before messages."""


def text_log(text: str) -> Log:
    """Return the messages of a log."""
    lines = text.replace("\r\n", "\n")
    if lines.startswith("\x1b["):
        lines = _COLOUR.sub("", lines)
    if _ROW.search(lines):
        return Log("the output of 'aws logs'", list(_rows(lines)))
    source = _source_of(lines)
    if source == _BARE:
        if re.search(rf"^\t{_PLATFORM}", lines, re.MULTILINE):  # messages that --output text separates by tabs
            lines = re.sub(r"^\t", "", lines, flags=re.MULTILINE)
        return Log(source, list(_bare(lines.split("\n"))))
    return Log(source, list(_prefixed(lines, _PREFIXES[source])))


def _rows(text: str) -> Iterator[Message]:
    for row in _ROW.finditer(text):
        yield Message(row["text"].rstrip(), time_of(row["time"]), row["stream"] or "")


def _source_of(text: str) -> str:
    """Return what stands before the messages: what stands before lines of the platform, or else before most lines."""
    counts = {
        source: len(re.findall(rf"^{prefix.pattern}{_PLATFORM}", text, re.MULTILINE))
        for source, prefix in _PREFIXES.items()
    }
    counts[_BARE] = len(re.findall(rf"^\t?{_PLATFORM}", text, re.MULTILINE)) - counts["a log copied from the console"]
    if not any(counts.values()):
        lines = [line + "\n" for line in text.split("\n") if line.strip()]
        of_loggers = sum(_OF_A_LOGGER.match(line) is not None for line in lines)
        counts = {source: sum(map(bool, map(prefix.match, lines))) for source, prefix in _PREFIXES.items()}
        counts["a log with times"] -= of_loggers + counts["the output of 'aws logs tail'"]
        counts[_BARE] = (len(lines) - 1) // 2
    return max(counts, key=lambda source: (counts[source], source == _BARE))


def _prefixed(text: str, prefix: re.Pattern[str]) -> Iterator[Message]:
    """Yield messages, each with all lines up to the next one; lines before the first are messages of their own.

    A time that Node.js has written before a message belongs to it, if nothing else stands before it.
    """
    found: list[re.Match[str]] = []
    for match in re.finditer(rf"^(?:(?={_OF_NODE})|{prefix.pattern})", text, re.MULTILINE):
        if not (found and match.end() == found[-1].end()):  # the console writes its time on the line before
            found.append(match)
    starts = [match.start() for match in found] + [len(text)]
    yield from _bare(text[: starts[0]].split("\n"))
    for match, end in zip(found, starts[1:], strict=True):
        groups = match.groupdict()
        time = time_of(groups["time"] or groups["begin"])
        yield Message(text[match.end() : end].rstrip(), time, groups.get("stream") or "")


def _bare(lines: Iterable[str]) -> Iterator[Message]:
    """Yield messages of lines without anything before them. Those without a time have that of the message before."""
    held: list[str] = []
    time = ""
    for line in lines:
        if held and line.strip() and _GOES_ON.match(line):
            held.append(line)
            continue
        if held:
            yield Message("\n".join(held).rstrip(), time)
        match = _OF_A_LOGGER.match(line)
        time = time_of(match["time"] or match["begin"]) if match else time
        held = [line] if line.strip() else []
    if held:
        yield Message("\n".join(held).rstrip(), time)
