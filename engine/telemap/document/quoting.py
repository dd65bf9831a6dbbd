"""Write text into YAML so that it is read as what it is."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"[$A-Za-z_.][\w$-]*(?:[.][\w$-]+)*", re.ASCII)

_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""What other readers of YAML take for something else than text."""


def scalar(text: str) -> str:
    """Write a scalar, with quotes where it needs them."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else double_quoted(text)


def double_quoted(text: str) -> str:
    """Write a scalar in double quotes, on one line, with escapes for what cannot be seen."""
    return "".join(map(_character, json.dumps(text, ensure_ascii=False)))


def _character(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
