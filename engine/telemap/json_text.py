"""Find a JSON object in text."""

from __future__ import annotations

import json
from typing import Any


def json_object(text: str) -> tuple[dict[str, Any] | None, bool]:
    """Return the JSON object in a text, which may begin with other words, and whether it is the whole text.

    Args:
        text: without white space around it.

    Returns:
        None if the text from its first `{` to its end is not an object.
    """
    whole = _load(text)
    if type(whole) is dict:
        return whole, True
    start = text.find("{")
    rest = _load(text[start:]) if start > 0 else None
    return (rest if type(rest) is dict else None), False


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
