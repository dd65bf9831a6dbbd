"""Show problems on standard error, in colour on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from telemap.problem.choosing import choose
from telemap.problem.drawing import draw
from telemap.terminal_text import terminal_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap.problem import Problem


def show(problems: Sequence[Problem]) -> None:
    """Draw the first problems, and report how many more there are."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
    chosen, others = choose(problems)
    for problem in chosen:
        text = Text("\n".join(map(terminal_line, draw(problem).split("\n"))))
        text.highlight_words([f" {problem.severity.value}: "], "bold red")
        text.highlight_regex(r"(?m)^ +\| +\^+$", "red")
        text.highlight_regex(r"(?m)^ +(help|note): ", "bold cyan")
        console.print(text)
    if others:
        console.print(f"{others} not shown; 'telemap validate --format json' lists all", style="bold")
