"""Print lines for people, JSON, and data for other programs.

Lines and messages may quote anything from events, files, names and arguments, so all of them pass through
`terminal_line`. JSON is ASCII. Data is exact in a file or a pipe.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

from telemap.terminal_text import terminal_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DOUBLE_HASH: Final = re.compile("#(?=#)")
"""Occurs in strings only; CI systems take `##[` for the start of a command."""


def print_lines(lines: Iterable[str], styles: Mapping[str, str] | None = None) -> None:
    """Print lines on standard output.

    Args:
        lines: without line ends; a line feed within a line is escaped.
        styles: colours by regex, for a terminal that shows colours.
    """
    safe_lines = map(terminal_line, lines)
    if not styles or not sys.stdout.isatty():
        print("".join(f"{line}\n" for line in safe_lines), end="")
        return
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
    for line in safe_lines:
        text = Text(line)
        for regex, style in styles.items():
            text.highlight_regex(regex, style)
        console.print(text)


def print_json(text: str) -> None:
    """Print JSON on standard output; it must be ASCII, as `json.dumps` writes it."""
    print(_DOUBLE_HASH.sub(r"\\u0023", text))


def print_data(text: str) -> None:
    """Print data such as an exposition: unchanged, but escaped on a terminal."""
    if sys.stdout.isatty():
        print_lines(text.removesuffix("\n").split("\n") if text else ())
    else:
        print(text, end="")


def say(*lines: str) -> None:
    """Print a message on standard error, prefixed with `telemap: `."""
    first, *more = lines or ("",)
    print_to_stderr(f"telemap: {first}", *more)


def print_to_stderr(*lines: str, style: str = "") -> None:
    """Print lines on standard error, in a style if it is a terminal that shows colours."""
    text = "\n".join(map(terminal_line, lines))
    if not style or not sys.stderr.isatty():
        print(text, file=sys.stderr)
        return
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import
    from rich.text import Text  # noqa: PLC0415

    Console(stderr=True, soft_wrap=True).print(Text(text, style))
