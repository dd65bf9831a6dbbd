"""Write text as YAML scalars."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[$A-Za-z_.][\w$-]*(?:[.][\w$-]+)*", re.ASCII)

_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Words that some YAML parsers do not read as text."""


def scalar(text: str) -> str:
    """Return text as a scalar, quoted if necessary."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else quoted(text)


def quoted(text: str) -> str:
    """Return text as a quoted scalar."""
    return f'"{"".join(map(_character, text))}"'


def _character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
