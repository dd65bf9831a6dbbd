"""Draw problems for people: the line, a caret under the location, and how to fix it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from telemap.terminal_text import terminal_text

if TYPE_CHECKING:
    from telemap.problem import Problem
    from telemap.problem.place import Place

_WIDTH = 120
"""Maximum length of a shown line; of a longer one, only the part around the location is shown."""

_CONTEXT = 40
"""Number of characters shown before the location in a long line."""


def draw(problem: Problem) -> str:
    """Draw one problem: first line, source line with caret, other location, help; without a line end."""
    lines = [problem.text()]
    if problem.place is not None:
        lines += _excerpt(problem.place)
    if problem.related is not None:
        place, note = problem.related
        lines += [terminal_text(f"   note: {place}: {note}"), *_excerpt(place)]
    if problem.help is not None:
        lines.append(terminal_text(f"   help: {problem.help}"))
    return "\n".join(lines)


def _excerpt(place: Place) -> list[str]:
    """Return the line of a location and the line with its caret; nothing for an empty line."""
    if not place.line_text:
        return []
    start = place.span.column - 1
    end = place.span.end_column - 1 if place.span.end_line == place.span.line else len(place.line_text)
    line, start, end = _window(place.line_text, start, end)
    # A tab becomes one column, so that the caret is in the right column with any tab stops.
    line = line.replace("\t", " ")
    before, marked, after = map(terminal_text, (line[:start], line[start:end], line[end:]))
    caret = " " * _columns(before) + "^" * max(1, _columns(marked))
    return [f"{place.span.line:5} | {before}{marked}{after}".rstrip(), f"      | {caret}"]


def _window(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Shorten a long line to the part around the location."""
    if len(line) <= _WIDTH:
        return line, start, end
    first = max(0, start - _CONTEXT)
    cut = line[first : first + _WIDTH]
    head = "..." if first else ""
    tail = "..." if first + _WIDTH < len(line) else ""
    shift = len(head) - first
    return head + cut + tail, start + shift, min(end + shift, len(head) + len(cut))


def _columns(text: str) -> int:
    """Return the width of a text in terminal columns (Unicode Standard Annex 11)."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
