"""What commands print: lines for people, JSON, and data that other programs read.

Lines and messages may quote anything from events, files, names and arguments, and so all of them pass through
`terminal_line`. JSON is written in ASCII. Data is exact where it goes to a file or a pipe.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

from telemap.terminal_text import terminal_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DOUBLE_HASH: Final = re.compile("#(?=#)")
"""In JSON it stands in strings alone; CI systems take `##[` for the beginning of a command."""


def print_lines(lines: Iterable[str], styles: Mapping[str, str] | None = None) -> None:
    """Print lines on standard output.

    Args:
        lines: each without its end; a line feed in one does not begin another.
        styles: regexes, each with the colour of what it finds, for a terminal that wants colours.
    """
    shown = map(terminal_line, lines)
    if not styles or not sys.stdout.isatty():
        print("".join(f"{line}\n" for line in shown), end="")
        return
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
    for line in shown:
        text = Text(line)
        for regex, style in styles.items():
            text.highlight_regex(regex, style)
        console.print(text)


def print_json(text: str) -> None:
    """Print JSON in ASCII, as `json.dumps` writes it, on standard output."""
    print(_DOUBLE_HASH.sub(r"\\u0023", text))


def print_data(text: str) -> None:
    """Print data, such as an exposition: exactly, but to a terminal as lines for people."""
    if sys.stdout.isatty():
        print_lines(text.removesuffix("\n").split("\n") if text else ())
    else:
        print(text, end="")


def say(*lines: str) -> None:
    """Print a message on standard error; more lines than one stand below the first."""
    first, *more = lines or ("",)
    tell(f"telemap: {first}", *more)


def tell(*lines: str, style: str = "") -> None:
    """Print lines on standard error, in a style where that is a terminal that wants colours."""
    shown = "\n".join(map(terminal_line, lines))
    if not style or not sys.stderr.isatty():
        print(shown, file=sys.stderr)
        return
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import
    from rich.text import Text  # noqa: PLC0415

    Console(stderr=True, soft_wrap=True).print(Text(shown, style))
