"""The variables that the documentation knows."""

from __future__ import annotations

import re

from layers.building import PROJECT

from telemap_lambda.settings.model import SETTINGS

_DOCS = PROJECT / "docs"


def _rows(page: str) -> set[str]:
    """Return the variables that begin a row of a table."""
    return set(re.findall(r"^\| `([A-Z_]+)`", (_DOCS / page).read_text(encoding="utf-8"), re.MULTILINE))


def _sweepers() -> set[str]:
    text = (_DOCS / "how-to" / "sweep.md").read_text(encoding="utf-8")
    [same] = re.findall(r"^(`GATEWAY`.*?) work as they do", text, re.MULTILINE | re.DOTALL) or [""]
    return set(re.findall(r"`([A-Z_]+)`", same))


EXTENSION_SETTINGS = {setting.name for setting in SETTINGS}
SWEEPER_SETTINGS = _rows("how-to/sweep.md") | _sweepers()
