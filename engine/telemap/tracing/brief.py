"""Format values of events and rules of mappings briefly, on one line."""

from __future__ import annotations

import json
from typing import Any, Final

from telemap.path import SEVERAL
from telemap.terminal_text import terminal_text
from telemap.tracing.outcomes import CUT_OFF

_MAX_CHARACTERS: Final = 80
_MAX_RULE: Final = 160
_MAX_MEMBERS: Final = 8
_MAX_DEPTH: Final = 2


def brief_value(value: Any) -> str:
    """Format a JSON value, shortened if it is long."""
    if value is SEVERAL:
        return "several nodes"
    if value is CUT_OFF:
        return "unknown: a regex took too long"
    return _json(value, 0)


def brief_rule(text: str) -> str:
    """Shorten the text of a rule if it is long."""
    return text if len(text) <= _MAX_RULE else f"{text[:_MAX_RULE]}..."


def _json(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (dict, list)) and value:
        if depth == _MAX_DEPTH:
            return "{...}" if isinstance(value, dict) else "[...]"
        return _members(value, depth)
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    return json.dumps(value)


def _text(text: str) -> str:
    cut = terminal_text(json.dumps(text[:_MAX_CHARACTERS], ensure_ascii=False))
    return cut if len(text) <= _MAX_CHARACTERS else f'{cut[:-1]}..." ({len(text):,} characters)'


def _members(value: dict[str, Any] | list[Any], depth: int) -> str:
    more = ", ..." if len(value) > _MAX_MEMBERS else ""
    if isinstance(value, list):
        return f"[{', '.join(_json(item, depth + 1) for item in value[:_MAX_MEMBERS])}{more}]"
    first = list(value.items())[:_MAX_MEMBERS]
    return f"{{{', '.join(f'{_text(key)}: {_json(item, depth + 1)}' for key, item in first)}{more}}}"
