"""Replace parts of a label's text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.path import MAX_TEXT
from telemap.replacements import read_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.runtime.regexes import RegexBudget


def make_replace(pattern: str, template: str, budget: RegexBudget) -> Callable[[str], str]:
    """Return a function that replaces every match of a regex, within the budget.

    Like all regexes, it sees at most `MAX_TEXT` characters; its result has no more, either, however often the template
    repeats a group.
    """
    compiled = re.compile(pattern)
    parts = read_template(template, compiled)

    def replace(text: str) -> str:
        text = text[:MAX_TEXT]
        pieces: list[str] = []
        size = end = 0
        for match in compiled.finditer(text):
            for piece in (text[end : match.start()], *parts):
                found = piece if type(piece) is str else match[piece] or ""
                pieces.append(found)
                size += len(found)
                if size > MAX_TEXT:
                    return "".join(pieces)[:MAX_TEXT]
            end = match.end()
        pieces.append(text[end:])
        return "".join(pieces)[:MAX_TEXT]

    return budget.bounded(replace)
