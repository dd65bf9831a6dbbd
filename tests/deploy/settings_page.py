"""The variables that the documentation knows."""

from __future__ import annotations

import re

from layers.building import PROJECT

_DOCS = PROJECT / "docs"


def _rows(page: str) -> set[str]:
    """Give the variables that begin a row of a table."""
    return set(re.findall(r"^\| `([A-Z_]+)`", (_DOCS / page).read_text(encoding="utf-8"), re.MULTILINE))


def _sweepers() -> set[str]:
    text = (_DOCS / "how-to" / "sweep.md").read_text(encoding="utf-8")
    [same] = re.findall(r"^(`GATEWAY`.*?) mean what they mean$", text, re.MULTILINE | re.DOTALL) or [""]
    return set(re.findall(r"`([A-Z_]+)`", same))


EXTENSION_SETTINGS = _rows("reference/settings.md")
SWEEPER_SETTINGS = _rows("how-to/sweep.md") | _sweepers()
