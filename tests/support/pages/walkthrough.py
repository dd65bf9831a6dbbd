"""Walk through a page as its reader would: write its files, run its commands, compare what comes out.

A page that says `<!-- every command on this page is run by the tests -->` is walked through in an empty folder. A
fence with a title writes a file:

    ```yaml title="shop.yaml"

A `console` fence has commands, after `$ `, and below each what it prints, on both streams. `...` stands for any lines
where it is alone, else for any text. A command that fails is followed by `$ echo $?` and its exit code.
Addresses such as `127.0.0.1:9091` become free ports. `<!-- needs: PROGRAM ... -->` names what has to be there from
there on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARK = "<!-- every command on this page is run by the tests -->"
ADDRESS = re.compile(r"\b127\.0\.0\.1:\d{2,5}\b")

_PART = re.compile(
    r"^<!-- needs: (?P<needs>.*?) -->$|^```(?P<info>[^`\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_TITLE = re.compile(r'\btitle="([^"]+)"')
_PROMPT = "$ "


class Write(NamedTuple):
    """A file that the page shows."""

    line: int
    name: str
    text: str


class Run(NamedTuple):
    """A command of the page, and what the page says that it prints."""

    line: int
    command: str
    printed: str
    may_fail: bool


class Needs(NamedTuple):
    """Programs without which the page cannot be walked through from here on."""

    line: int
    programs: tuple[str, ...]


Step: TypeAlias = Write | Run | Needs


def pages(docs: Path) -> list[Path]:
    """Return the pages that are walked through."""
    return [path for path in sorted(docs.rglob("*.md")) if MARK in path.read_text(encoding="utf-8")]


def steps(page: str) -> Iterator[Step]:
    """Return what a reader of the page does, in order."""
    for part in _PART.finditer(page):
        line = page.count("\n", 0, part.start()) + 1
        if part["needs"] is not None:
            yield Needs(line, tuple(part["needs"].split()))
        elif title := _TITLE.search(part["info"]):
            yield Write(line, title[1], part["body"])
        elif part["info"].split()[:1] == ["console"]:
            yield from _runs(line + 1, part["body"])


def _runs(first: int, body: str) -> Iterator[Run]:
    """Return the commands of one fence; a command that ends in a backslash goes on in the next line."""
    lines = body.splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith(_PROMPT)]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        last = begin
        while lines[last].endswith("\\"):
            last += 1
        command = "\n".join(lines[begin : last + 1]).removeprefix(_PROMPT)
        printed = "".join(f"{line}\n" for line in lines[last + 1 : end])
        may_fail = end < len(lines) and lines[end] == "$ echo $?"
        yield Run(first + begin, command, printed, may_fail)


def is_printed(expected: str, got: str) -> bool:
    """Return whether output is what a page says."""
    lines = [_pattern(line) for line in expected.splitlines()]
    return re.fullmatch("".join(lines), "".join(f"{line.rstrip()}\n" for line in got.splitlines())) is not None


def _pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return ".*".join(map(re.escape, line.rstrip().split("..."))) + r"\n"
