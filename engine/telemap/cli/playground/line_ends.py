"""Restore the line ends that a text had before it was edited.

Editors in a page know line feeds only. A file keeps the line ends that it has, also where they are mixed: each line
that was not changed has its own, and new lines have those of most others.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_END: Final = re.compile(r"\r\n?|\n")

_DEFAULT: Final = "\n"


def plain(text: str) -> str:
    """Return a text with a line feed for each line end."""
    return _END.sub("\n", text)


def with_ends_of(before: str, text: str) -> str:
    """Return a text, whose lines end with line feeds, with the line ends of the text that it was.

    Args:
        before: the text as it is in the file.
        text: the edited text.
    """
    ends = _END.findall(before)
    kinds = Counter(ends)
    usual = kinds.most_common(1)[0][0] if kinds else _DEFAULT
    if len(kinds) <= 1:
        return text.replace("\n", usual)
    return _line_by_line(_END.split(before), ends, text.split("\n"), usual)


def _line_by_line(lines_before: list[str], ends: list[str], lines: list[str], usual: str) -> str:
    from difflib import SequenceMatcher  # noqa: PLC0415 - only for files with mixed line ends

    new_ends = [usual] * (len(lines) - 1)
    matcher = SequenceMatcher(None, lines_before, lines, autojunk=False)
    for begin, at, size in matcher.get_matching_blocks():
        for number in range(min(size, len(ends) - begin, len(new_ends) - at)):
            new_ends[at + number] = ends[begin + number]
    return "".join(line + end for line, end in zip(lines, [*new_ends, ""], strict=True))
