"""Write JSON as the schemas have it: what fits stands on one line, but for what has a description."""

from __future__ import annotations

import json
from typing import Any

_WIDTH = 99


def laid_out(value: Any, indent: int = 0, key: str = "") -> str:
    """Return a value as JSON text.

    Args:
        value: what is written.
        indent: how far the line that it stands on is indented.
        key: what stands before it on that line.
    """
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value:
        return line
    if indent + len(key) + len(line) <= _WIDTH and not _is_described(value):
        return f"{{ {line[1:-1]} }}" if isinstance(value, dict) else line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        items = [f'{inner}"{name}": {laid_out(one, indent + 2, name)}' for name, one in value.items()]
    else:
        items = [f"{inner}{laid_out(one, indent + 2)}" for one in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return "\n".join((first, ",\n".join(items), " " * indent + last))


def _is_described(value: Any) -> bool:
    if isinstance(value, dict):
        return "description" in value or any(map(_is_described, value.values()))
    return isinstance(value, list) and any(map(_is_described, value))
