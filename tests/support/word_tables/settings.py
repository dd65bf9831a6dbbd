"""The table of the settings' reference."""

from __future__ import annotations

from word_tables.marks import table

from telemap_lambda.settings.model import SETTINGS


def tables() -> dict[str, str]:
    """Return the tables by their names."""
    rows = ((f"`{one.name}`", one.kind.unset or "none", one.words) for one in SETTINGS)
    return {"settings": table(("variable", "default", "meaning"), rows)}
