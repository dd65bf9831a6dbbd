"""The files that are written from the tables of the language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from word_tables import reference, schema

if TYPE_CHECKING:
    from collections.abc import Callable

_TOP: Final = Path(__file__).parents[3]

FILES: Final[dict[Path, Callable[[str], str]]] = {
    _TOP / "schema" / "mapping.schema.json": schema.fresh,
    _TOP / "docs" / "reference" / "mapping.md": reference.fresh,
}
"""Each file, and what returns its text with what the tables say now."""
