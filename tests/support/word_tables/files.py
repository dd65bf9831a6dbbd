"""The files that are written from the tables of the language and of the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from word_tables import reference, schema, settings
from word_tables.marks import filled

if TYPE_CHECKING:
    from collections.abc import Callable

_TOP: Final = Path(__file__).parents[3]

PAGES: Final[dict[Path, Callable[[], dict[str, str]]]] = {
    _TOP / "docs" / "reference" / "mapping.md": reference.tables,
    _TOP / "docs" / "reference" / "settings.md": settings.tables,
}
"""Each page with tables, and what returns these by their names."""


def _page(tables: Callable[[], dict[str, str]]) -> Callable[[str], str]:
    return lambda text: filled(text, tables())


FILES: Final[dict[Path, Callable[[str], str]]] = {
    _TOP / "schema" / "mapping.schema.json": schema.fresh,
    **{page: _page(tables) for page, tables in PAGES.items()},
}
"""Each file, and what returns its text with what the tables say now."""
