"""Show problems on standard error, in colour where that is a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from telemap.problem.drawing import draw
from telemap.terminal_text import terminal_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.problem import Problem


def show(problems: Iterable[Problem]) -> None:
    """Draw problems; without a terminal, or with `NO_COLOR`, as plain text."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
    for problem in problems:
        text = Text("\n".join(map(terminal_line, draw(problem).split("\n"))))
        text.highlight_words([f" {problem.severity.value}: "], "bold red")
        text.highlight_regex(r"(?m)^ +\| +\^+$", "red")
        text.highlight_regex(r"(?m)^ +(help|note): ", "bold cyan")
        console.print(text)
