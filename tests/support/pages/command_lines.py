"""The command lines of telemap that pages show."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)(?P=ticks)$",
    re.MULTILINE | re.DOTALL,
)
_INLINE = re.compile(r"(?<!`)`(?:\.venv/bin/)?(telemap [^`\n]+)`(?!`)")
_PROGRAM = re.compile(r"(?:\S*/)?telemap")
_SETTING = re.compile(r"[A-Z_][A-Z0-9_]*=")
_REDIRECTION = re.compile(r"\s\d>(?:&\d)?")
_ENDS = re.compile(r"[|&;<>()]+")


class CommandLine(NamedTuple):
    """What follows `telemap` where a page shows a command.

    Attributes:
        line: of the page.
        words: its arguments.
    """

    line: int
    words: tuple[str, ...]


def fenced(page: str) -> Iterator[CommandLine]:
    """Return the commands that stand in a page's fences, each on a line of its own or after `$ `, `&&` or a pipe."""
    for fence in _FENCE.finditer(page):
        first = page.count("\n", 0, fence.start("body")) + 1
        for number, line in _joined(fence["body"]):
            if fence["language"] == "console" and not line.startswith("$ "):
                continue  # that is what a command prints
            for words in _commands(line):
                yield CommandLine(first + number, words)


def inline(page: str) -> Iterator[CommandLine]:
    """Return the commands that a page names in its text, whole or in part."""
    text = _FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), page)
    for match in _INLINE.finditer(text):
        yield CommandLine(text.count("\n", 0, match.start()) + 1, tuple(match[1].split()[1:]))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Return the lines of a fence that a shell would read as one, with the number of the first."""
    begun, line = 0, ""
    for number, piece in enumerate(text.splitlines()):
        begun = begun if line else number
        line += piece.removesuffix("\\")
        if not piece.endswith("\\"):
            yield begun, line
            line = ""


def _commands(line: str) -> Iterator[tuple[str, ...]]:
    """Return the arguments of each `telemap` that a line would run."""
    if "telemap" not in line:
        return
    lexer = shlex.shlex(_REDIRECTION.sub(" ; ", _without_prompt(line)), posix=True, punctuation_chars="|&;<>()")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:  # prose, or YAML with a single quote
        return
    command: list[str] = []
    for word in [*words, ";"]:
        if not _ENDS.fullmatch(word):
            command.append(word)
            continue
        while command and _SETTING.match(command[0]):
            del command[0]
        if len(command) > 1 and _PROGRAM.fullmatch(command[0]):
            yield tuple(command[1:])
        command = []


def _without_prompt(line: str) -> str:
    return re.sub(r"^\s*(?:\$ |- run: |run: |- (?=\S*telemap ))?", "", line)
