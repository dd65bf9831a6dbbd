"""Tables between marks in a page; all else in it is written by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MARKED = re.compile(r"(<!-- table: (?P<name>[\w ]+) -->\n).*?(?=<!-- end of table -->)", re.DOTALL)


def filled(page: str, tables: Mapping[str, str]) -> str:
    """Return a page with what the tables say now."""
    return _MARKED.sub(lambda match: match[1] + tables[match["name"]], page)


def names_in(page: str) -> list[str]:
    """Return the names of the tables that a page has, in their order."""
    return [match["name"] for match in _MARKED.finditer(page)]


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
